using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Saved models can be opened again, and give the same images.</summary>
public sealed class GenerationFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("generation-").FullName;

    public static TheoryData<string> Kinds() => SmallDiffusion.Kinds();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_saved_folder_gives_bit_identical_images(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);
        model.Save(Path.Combine(folder, "model"));
        using var loaded = LatentDiffusionModel.Load(Path.Combine(folder, "model"));

        AssertSameImages(model, loaded);
        AssertSameConfig(model.Config, loaded.Config);
        Assert.True(loaded.LoadReport.IsExact);
        Assert.Equal(Path.Combine(folder, "model"), loaded.Source);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Streams_give_bit_identical_images(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);
        var files = new Dictionary<string, byte[]>();
        model.Write((name, write) =>
        {
            using var stream = new MemoryStream();
            write(stream);
            files.Add(name, stream.ToArray());
        });
        using var loaded = LatentDiffusionModel.Read((name, read) => read(new MemoryStream(files[name])), "the model file");

        AssertSameImages(model, loaded);
    }

    [Theory]
    [InlineData(StorageFormat.Float16, 0.55, 0.03)]
    [InlineData(StorageFormat.BFloat16, 0.55, 0.3)]
    public void Files_in_half_precision_give_nearly_the_same_images(StorageFormat format, double mostOfTheSize, double difference)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("labels");
        model.Save(Path.Combine(folder, "whole"));
        model.Save(Path.Combine(folder, "half"), format);
        using var loaded = LatentDiffusionModel.Load(Path.Combine(folder, "half"));

        Assert.True(Size("half") < mostOfTheSize * Size("whole"), $"{Size("half")} bytes compared with {Size("whole")}");
        var batch = SmallDiffusion.Batch(model.Config, 1, 2);
        var most = (model.Generate(batch) - loaded.Generate(batch)).abs().max().item<float>();
        Assert.InRange(most, 1e-7, difference);
    }

    private static void AssertSameImages(LatentDiffusionModel model, LatentDiffusionModel loaded)
    {
        var batch = SmallDiffusion.Batch(model.Config, 1, 2);
        Assert.True(model.Generate(batch).bytes.SequenceEqual(loaded.Generate(batch).bytes), "the images differ");
    }

    private static void AssertSameConfig(LatentDiffusionConfig expected, LatentDiffusionConfig actual)
    {
        Assert.Equal(
            (expected.LatentHeight, expected.LatentWidth, expected.Prediction), (actual.LatentHeight, actual.LatentWidth, actual.Prediction));
        Assert.Equal(expected.Schedule, actual.Schedule);
        Assert.Equal(expected.Sampling, actual.Sampling);
        if (expected.Conditioning is LabelConditioning labels)
        {
            var read = Assert.IsType<LabelConditioning>(actual.Conditioning);
            Assert.Equal(labels.Names, read.Names);
            Assert.Equal(labels, read with { Names = labels.Names });
            return;
        }

        Assert.Equal(expected.Conditioning, actual.Conditioning);
    }

    private long Size(string name) => new DirectoryInfo(Path.Combine(folder, name))
        .EnumerateFiles("*.safetensors", SearchOption.AllDirectories).Sum(file => file.Length);
}
