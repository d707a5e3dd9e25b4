using System.Diagnostics;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Training;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// Trains an autoencoder and a diffusion model on images that are not in memory, and watches the resident memory: images of 64x64 made on the fly or read
/// from PNG files, latents in a file. Both trainings keep a state, so that the content of all images is hashed first.
/// </summary>
/// <param name="images">The number of images.</param>
/// <param name="folder">A folder for PNG files of the images; null to make each image when it is read.</param>
/// <param name="output">Where the lines go.</param>
internal sealed class StreamingSoak(int images, string? folder, TextWriter output)
{
    private const int Side = 64, Looks = 8;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(10);

    private static readonly KlAutoencoderConfig Small = new()
    {
        BaseChannels = 8, ChannelMultipliers = [1, 2, 2], LatentChannels = 4, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false, Resolution = Side,
    };

    private readonly Stopwatch watch = Stopwatch.StartNew();
    private string phase = "";

    /// <summary>Trains both for a number of steps each.</summary>
    public void Run(int steps)
    {
        var temporary = Directory.CreateTempSubdirectory("streaming-soak-");
        try
        {
            phase = "making files";
            using var timer = new Timer(_ => Look(), state: null, BetweenLooks, BetweenLooks);
            var made = new MadeImages(images, Side);
            IImageSet set = folder is null ? made : new ImageFileSet(made.Save(folder), Side, Side);
            using var autoencoder = AutoencoderModel.Create(Small, seed: 1);
            Autoencoder(autoencoder, set, steps, temporary.FullName);
            Diffusion(autoencoder, set, steps, temporary.FullName);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private void Autoencoder(AutoencoderModel model, IImageSet set, int steps, string temporary)
    {
        phase = "autoencoder, hashing the images";
        var options = new AutoencoderTrainingOptions
        {
            Steps = steps, BatchSize = 16, HorizontalFlips = true, CropSize = Side / 2, StateFolder = Path.Combine(temporary, "autoencoder"),
            Notes = new Notes(output),
        };
        new AutoencoderTrainer(model, options).Train(set, progress: Progress("autoencoder", steps)).Dispose();
    }

    private void Diffusion(AutoencoderModel autoencoder, IImageSet set, int steps, string temporary)
    {
        phase = "diffusion, hashing and encoding the images";
        var options = new DiffusionTrainingOptions
        {
            UNet = new UNetConfig
            {
                InputChannels = 4, OutputChannels = 4, BaseChannels = 8, ChannelMultipliers = [1, 2], ResidualBlocks = 1, AttentionFactors = [2], NormGroups = 4,
            },
            Steps = steps, BatchSize = 16, StateFolder = Path.Combine(temporary, "diffusion"), MaximumLatentBytes = 0,
            LatentFolder = Path.Combine(temporary, "latents"), Notes = new Notes(output),
        };
        new DiffusionTrainer(autoencoder, options).Train(set, progress: Progress("diffusion", steps)).Dispose();
    }

    private Steps Progress(string kind, int steps) => new(step =>
    {
        phase = $"{kind}, step {step.Step}";
        if (step.Step * Looks / steps != (step.Step - 1) * Looks / steps)
            Look();
    });

    private void Look()
    {
        output.WriteLine(FormattableString.Invariant($"{watch.Elapsed.TotalSeconds,5:F0} s: {Environment.WorkingSet / 1e6,4:F0} MB resident ({phase})"));
        output.Flush();
    }

    private sealed class Notes(TextWriter output) : IProgress<string>
    {
        public void Report(string value) => output.WriteLine(value);
    }
}
