using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Report = LdmMl.Torch.Training.TrainingStep;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>A small training whose process may be killed at any moment; started again, it resumes from its state.</summary>
internal static class KilledTrainingProgram
{
    /// <summary>The first argument of a process that runs it.</summary>
    public const string Verb = "killed-training";

    // Keeps the process from getting ahead of its output, which determines when it is killed.
    private const int MillisecondsBetweenSteps = 20;

    private const int Side = 16, Images = 9;

    // Wide enough for the library's own kernels.
    private static readonly KlAutoencoderConfig Small = new()
    {
        BaseChannels = 32, ChannelMultipliers = [1, 2], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false, Resolution = Side,
    };

    // The beginning of a kind that reads its data while it trains, as long as it has a state; it must end as one in memory.
    private const string Streamed = "streamed-";

    /// <summary>Gets the kinds of training.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        ["kl", "kl-adversarial", "vq", "vq-adversarial", "tiny", "diffusion", $"{Streamed}kl-adversarial", $"{Streamed}diffusion"];

    /// <summary>Trains as the arguments say (<see cref="Verb"/>, kind, folder, steps); prints a line per step, and the result at the end.</summary>
    public static int Run(string[] arguments)
    {
        var steps = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        Console.WriteLine(Train(arguments[1], arguments[2], steps, step =>
        {
            Console.WriteLine($"step {step.Step}");
            Thread.Sleep(MillisecondsBetweenSteps);
        }));
        return 0;
    }

    /// <summary>Trains from the state in a folder, if there is one.</summary>
    /// <returns>A line that is equal for equal weights and histories.</returns>
    public static string Train(string kind, string? folder, int steps, Action<Report>? onStep = null)
    {
        var isStreamed = folder is not null && kind.StartsWith(Streamed, StringComparison.Ordinal);
        kind = kind.Replace(Streamed, "", StringComparison.Ordinal);
        IImageSet images = isStreamed ? new StreamedSet(Set()) : Set();
        return kind == "diffusion"
            ? Diffusion(images, folder, steps, new Reports(onStep), isStreamed ? Path.Combine(folder!, "latents") : null)
            : Autoencoder(kind, images, folder, steps, new Reports(onStep));
    }

    private static string Autoencoder(string kind, IImageSet images, string? folder, int steps, Reports reports)
    {
        var adversarial = kind.EndsWith("-adversarial", StringComparison.Ordinal);
        var options = new AutoencoderTrainingOptions
        {
            Steps = steps, BatchSize = 4, HorizontalFlips = true, EmaDecay = 0.9, StateFolder = folder, SaveInterval = 2, Resume = HoldsState(folder),
            Adversarial = adversarial ? new AdversarialTrainingOptions { StartStep = 3, Channels = 4, Layers = 1 } : null,
        };
        using var model = AutoencoderModel.Create(NetworkOf(kind), seed: 1);
        using var result = new AutoencoderTrainer(model, options).Train(images, images, reports);
        return Describe(result.Model.ComputeWeightHash(), result);
    }

    private static string Diffusion(IImageSet images, string? folder, int steps, Reports reports, string? latents)
    {
        var options = new DiffusionTrainingOptions
        {
            UNet = new UNetConfig
            {
                InputChannels = 2, OutputChannels = 2, BaseChannels = 32, ChannelMultipliers = [1, 2], ResidualBlocks = 1, NormGroups = 4, Dropout = 0.1,
            },
            Steps = steps, BatchSize = 4, HorizontalFlips = true, EmaDecay = 0.9, StateFolder = folder, SaveInterval = 2, Resume = HoldsState(folder),
            LatentFolder = latents,
        };
        using var autoencoder = AutoencoderModel.Create(Small, seed: 1);
        var labelled = new LabeledImages(images, [.. Enumerable.Range(0, Images).Select(image => image % 3)]);
        using var result = new DiffusionTrainer(autoencoder, options).Train(labelled, progress: reports);
        return Describe(result.Model.ComputeWeightHash(), result);
    }

    private static AutoencoderConfig NetworkOf(string kind) => kind[..2] switch
    {
        "kl" => Small,
        "vq" => new VqAutoencoderConfig
        {
            BaseChannels = 8, ChannelMultipliers = [1, 2], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false,
            Resolution = Side, CodebookSize = 32,
        },
        _ => new TinyAutoencoderConfig { Width = 8 },
    };

    private static bool HoldsState(string? folder) => folder is not null && File.Exists(Path.Combine(folder, "state.json"));

    // Without anything that depends on the clock.
    private static string Describe<TModel>(string weights, TrainingResult<TModel> result)
        where TModel : ModelHandle<TModel>
    {
        var history = JsonSerializer.Serialize(result.History.Select(step => step with { ImagesPerSecond = 0, TimeLeft = default }));
        return $"{result.Outcome} after {result.Steps} steps: {weights} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(history)))}";
    }

    private static ImageSet Set()
    {
        var (set, random) = (new ImageSet(Side, Side), new Random(1));
        var pixels = new byte[Side * Side * 3];
        for (var image = 0; image < Images; image++)
        {
            random.NextBytes(pixels);
            set.Add(pixels, PixelLayout.Rgb24);
        }

        return set;
    }

    private sealed class StreamedSet(ImageSet images) : IImageSet
    {
        public int Count => images.Count;

        public int Channels => images.Channels;

        public int Height => images.Height;

        public int Width => images.Width;

        public bool AllowsReadAhead => true;

        public void Read(int index, PixelRange range, Span<float> planes) => images.Read(index, range, planes);
    }

    private sealed class Reports(Action<Report>? act) : IProgress<Report>
    {
        void IProgress<Report>.Report(Report value) => act?.Invoke(value);
    }
}
