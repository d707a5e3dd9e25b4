using System.Buffers.Binary;
using System.IO.Compression;
using FashionMnist;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Tensors;

namespace LdmMl.Tests.Examples;

/// <summary>The whole example on a tiny data set of the same format.</summary>
[Collection(nameof(Alone))]
public sealed class FashionMnistTests : IDisposable
{
    private const int FileSide = 28;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashion-mnist-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Every_part_runs_and_is_reused()
    {
        Write("train", count: 40, compressed: true);
        Write("t10k", count: 20, compressed: false);
        var data = FashionData.Read(folder.FullName);
        var plan = new Plan(FirstStageSteps: 2, DiffusionSteps: 2, ClassifierEpochs: 1, JudgedImages: 20);
        string PathOf(string name) => Path.Combine(folder.FullName, name);

        using (var firstStage = FirstStage.Open(PathOf("first-stage"), data, plan))
        using (var model = Diffusion.Open(PathOf("model"), firstStage, data, plan))
        using (var classifier = Classifier.Open(PathOf("classifier.safetensors"), data, plan))
            Judgement.Print(model, classifier, data, folder.FullName, plan);
        using var image = ImageFile.Decode(PathOf("generated.png"));
        Assert.True(image.Width > 10 * FashionData.Side && image.Height > 2 * FashionData.Side);

        using var batch = ImageTensor.Of(data.Test.Images, [0, 1, 2]);
        using (var again = Classifier.Open(PathOf("classifier.safetensors"), data, plan with { ClassifierEpochs = 0 }))
            Assert.Equal(3, again.Label(batch).Length);
        using var reused = Diffusion.Open(PathOf("model"), null!, data, plan);
        Assert.Equal(FashionData.Names, ((Torch.Generation.LabelConditioning)reused.Config.Conditioning).Names);
    }

    [Fact]
    public void Images_are_framed_and_labels_are_theirs()
    {
        Write("train", count: 12, compressed: false);
        Write("t10k", count: 3, compressed: true);
        var data = FashionData.Read(folder.FullName);
        var planes = new float[FashionData.Side * FashionData.Side];
        data.Training.Images.Read(7, PixelRange.ZeroToOne, planes);

        Assert.Equal((12, 3), (data.Training.Images.Count, data.Test.Images.Count));
        Assert.Equal(7, data.Training.Labels![7]);
        Assert.Equal([0f, 0f, 7f, 8f], planes.AsSpan(FashionData.Side * 2, 4).ToArray().Select(value => MathF.Round(value * 255)));
        Assert.All(planes[..(2 * FashionData.Side)], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Files_that_are_missing_cut_off_or_of_another_kind_are_named()
    {
        Write("train", count: 4, compressed: false);
        Assert.StartsWith(
            $"There is neither '{folder.FullName}/t10k-images-idx3-ubyte' nor", Assert.Throws<FileNotFoundException>(() => FashionData.Read(folder.FullName)).Message,
            StringComparison.Ordinal);

        var images = Path.Combine(folder.FullName, "train-images-idx3-ubyte");
        var bytes = File.ReadAllBytes(images);
        File.WriteAllBytes(images, bytes[..^1]);
        Assert.Equal($"'{images}' ends too early; fetch it again.", Assert.Throws<InvalidDataException>(() => FashionData.Read(folder.FullName)).Message);
        File.WriteAllBytes(images, [1, 2, 3, 4, .. bytes]);
        Assert.Equal(
            $"'{images}' is no IDX file of unsigned bytes: it begins with 01020304.",
            Assert.Throws<InvalidDataException>(() => FashionData.Read(folder.FullName)).Message);
    }

    // Image i has the label i modulo 10, and its first pixels are i, i + 1, ...
    private void Write(string part, int count, bool compressed)
    {
        Save($"{part}-images-idx3-ubyte", [count, FileSide, FileSide], index => (byte)((index / (FileSide * FileSide)) + (index % FileSide)), compressed);
        Save($"{part}-labels-idx1-ubyte", [count], index => (byte)(index % 10), compressed);
    }

    private void Save(string name, int[] sizes, Func<int, byte> value, bool compressed)
    {
        using var file = File.Create(Path.Combine(folder.FullName, compressed ? $"{name}.gz" : name));
        using Stream stream = compressed ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write([0, 0, 8, (byte)sizes.Length]);
        var number = new byte[sizeof(int)];
        foreach (var size in sizes)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, size);
            stream.Write(number);
        }

        stream.Write([.. Enumerable.Range(0, sizes.Aggregate(1, (product, size) => product * size)).Select(value)]);
    }
}
