using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using TorchSharp;

namespace LdmMl.Fuzz;

/// <summary>Small valid files of every kind, and their readers.</summary>
internal sealed class Samples : IDisposable
{
    private const int LargestSample = 64 << 10;   // bytes; mutating the weights themselves finds nothing

    private readonly string folder = Directory.CreateTempSubdirectory("fuzz-").FullName;
    private readonly string model;
    private readonly string checkpoints;

    /// <summary>Writes the files.</summary>
    /// <param name="from">A folder with more checkpoints; null for the goldens of the tests.</param>
    public Samples(string? from)
    {
        checkpoints = from ?? Path.Combine("tests", "LdmMl.Torch.Tests", "Goldens", "checkpoints");
        model = Path.Combine(folder, "model");
        WriteModel(model);
        WriteStatistics(Path.Combine(folder, "statistics.npz"));
    }

    /// <summary>Gets the readers.</summary>
    public IEnumerable<FuzzTarget> Targets =>
    [
        OfCheckpoints("safetensors", ".safetensors"),
        WithObjects(OfCheckpoints("pytorch", ".pt", ".pth", ".ckpt", ".bin")),
        WithObjects(OfPickles()),
        OfFile("model_index json", "model_index.json"),
        OfFile("autoencoder json", Path.Combine("vqvae", "config.json")),
        OfFile("unet json", Path.Combine("unet", "config.json")),
        OfFile("scheduler json", Path.Combine("scheduler", "scheduler_config.json")),
        OfFile("shard index json", Path.Combine("vqvae", "diffusion_pytorch_model.safetensors.index.json")),
        OfYaml(),
        new FuzzTarget("npz", [File.ReadAllBytes(Path.Combine(folder, "statistics.npz"))], OpenStatistics, IsDocumented),
    ];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Arguments may be wrong if the file says too little, such as how many images there were.
    private static bool IsDocumented(Exception error) => error is CheckpointException or ArgumentException;

    // A short file may take a megabyte (AllocationLimit), plus the buffers of the zip reader.
    private static FuzzTarget WithObjects(FuzzTarget target) => target with { OwnBytes = (1 << 20) + (320 << 10) };

    private FuzzTarget OfCheckpoints(string name, params string[] extensions)
    {
        var samples = Directory.EnumerateFiles(checkpoints, "*", SearchOption.AllDirectories)
            .Where(path => extensions.Contains(Path.GetExtension(path)) && new FileInfo(path).Length <= LargestSample)
            .Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        return new FuzzTarget(name, samples, file => OpenCheckpoint("changed" + extensions[0], file), error => error is CheckpointException);
    }

    // A zip's checksums would catch mutations of the pickle in it, so a bare pickle is mutated and packed afterwards.
    private FuzzTarget OfPickles()
    {
        var zips = Directory.EnumerateFiles(checkpoints, "*.pt", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        var pickles = zips.Select(PickleArchive.FindPickle).OfType<byte[]>().ToArray();
        return new FuzzTarget("pickle", pickles, file => OpenCheckpoint("changed.pt", file), error => error is CheckpointException)
        {
            Wrap = PickleArchive.Pack,
        };
    }

    private FuzzTarget OfFile(string name, string file)
    {
        var path = Path.Combine(model, file);
        var good = File.Exists(path) ? File.ReadAllBytes(path) : """{"metadata":{"total_size":8},"weight_map":{"a":"diffusion_pytorch_model.safetensors"}}"""u8.ToArray();
        return new FuzzTarget(name, [good], changed =>
        {
            var copy = Path.Combine(folder, "copy");
            if (!Directory.Exists(copy))
                WriteModel(copy);
            var target = Path.Combine(copy, file);
            var before = File.Exists(target) ? File.ReadAllBytes(target) : null;
            var weights = Path.Combine(copy, "vqvae", "diffusion_pytorch_model.safetensors");
            var isIndex = before is null;
            if (isIndex)
                File.Move(weights, Path.Combine(copy, "vqvae", "part.safetensors"));
            File.WriteAllBytes(target, changed);
            try
            {
                LatentDiffusionModel.Load(copy).Dispose();
            }
            finally
            {
                if (isIndex)
                    File.Move(Path.Combine(copy, "vqvae", "part.safetensors"), weights);
                if (before is null)
                    File.Delete(target);
                else
                    File.WriteAllBytes(target, before);
            }
        }, error => error is CheckpointException);
    }

    private FuzzTarget OfYaml()
    {
        var weights = Path.Combine(folder, "stage.safetensors");
        using (var scope = torch.NewDisposeScope())
            SafetensorsFile.Write(weights, [KeyValuePair.Create("first_stage_model.x", torch.zeros(1)), KeyValuePair.Create("model.diffusion_model.x", torch.zeros(1))]);
        return new FuzzTarget("yaml", [SampleYaml.Bytes], changed =>
        {
            File.WriteAllBytes(Path.Combine(folder, "stage.yaml"), changed);
            LatentDiffusionModel.Load(weights).Dispose();
        }, error => error is CheckpointException);
    }

    private void OpenCheckpoint(string name, byte[] file)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, file);
        StateDictionary.Read(path).Dispose();
    }

    private void OpenStatistics(byte[] file)
    {
        var path = Path.Combine(folder, "changed.npz");
        File.WriteAllBytes(path, file);
        _ = FrechetStatistics.Load(path, count: 4);
    }

    private static void WriteModel(string path)
    {
        var stage = new KlAutoencoderConfig { BaseChannels = 2, ChannelMultipliers = [1], LatentChannels = 1, ResidualBlocks = 1, NormGroups = 1 };
        var config = new LatentDiffusionConfig
        {
            UNet = new UNetConfig { InputChannels = 1, OutputChannels = 1, BaseChannels = 2, ChannelMultipliers = [1], ResidualBlocks = 1, NormGroups = 1, LabelCount = 2 },
            Conditioning = new LabelConditioning { Count = 2, Names = ["a", "b"] },
            LatentHeight = 4,
            LatentWidth = 4,
        };
        using var autoencoder = AutoencoderModel.Create(stage, seed: 1);
        using var latentDiffusion = LatentDiffusionModel.Create(autoencoder, config, seed: 1);
        latentDiffusion.Save(path);
    }

    private static void WriteStatistics(string path)
    {
        var statistics = new FrechetStatistics(3);
        statistics.Add([1, 2, 3, 4, 5, 6, 9, 8, 7, 1, 0, 1]);
        statistics.Save(path);
    }
}
