using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Images;

public sealed class ImageFileSetTests : IDisposable
{
    private const int Side = 16;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ldmml-files-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(ImageFit.CropToFill, 3)]
    [InlineData(ImageFit.Stretch, 1)]
    public void The_pixels_are_those_of_the_transforms_and_of_a_set_in_memory(ImageFit fit, int channels)
    {
        var files = Files(5, width: 40, height: 24);
        var set = new ImageFileSet(files, Side, Side, channels, fit);
        var loaded = set.Load();
        var expected = new ImageSet(Side, Side, channels);
        foreach (var image in Transformed(files, fit))
            expected.Add(image.Pixels, image.PixelFormat == MLPixelFormat.Bgra32 ? PixelLayout.Bgra32 : PixelLayout.Rgba32);

        for (var index = 0; index < files.Length; index++)
        {
            Assert.Equal(Values(expected, index), Values(set, index));
            Assert.Equal(Values(expected, index), Values(loaded, index));
        }

        Assert.Equal(5 * Side * Side * channels, set.MemoryBytes);
    }

    [Fact]
    public void A_training_from_files_has_the_weights_of_one_from_memory_for_any_number_of_threads()
    {
        var set = new ImageFileSet(Files(7), Side, Side);
        var expected = Trained(set.Load(), readers: 1);
        Assert.Equal(expected, Trained(set, readers: 0));
        Assert.Equal(expected, Trained(set, readers: 3));
    }

    [Fact]
    public void A_file_that_changes_vanishes_or_breaks_is_named()
    {
        var files = Files(4);
        var set = new ImageFileSet(files, Side, Side);
        File.AppendAllText(files[0], "more");
        File.Delete(files[1]);
        var time = File.GetLastWriteTimeUtc(files[2]);
        var bytes = File.ReadAllBytes(files[2]);
        Array.Clear(bytes, 40, bytes.Length - 40);
        File.WriteAllBytes(files[2], bytes);
        File.SetLastWriteTimeUtc(files[2], time);                // as on a failing disk: the same length and time

        Assert.StartsWith($"The image '{files[0]}' changed while it was in use: it had ", Failure(set, 0), StringComparison.Ordinal);
        Assert.Equal($"The image '{files[1]}' is gone, but the training still needs it.", Failure(set, 1));
        Assert.StartsWith($"The image '{files[2]}' is ", Failure(set, 2), StringComparison.Ordinal);
        Assert.NotEmpty(Values(set, 3));
        Assert.StartsWith(
            $"The image '{files[1]}' does not exist.", Assert.Throws<ImageFileException>(() => new ImageFileSet(files, Side, Side)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vanished_file_ends_the_training_and_the_state_continues_once_it_is_back()
    {
        var files = Files(6);
        var (set, kept, state) = (new ImageFileSet(files, Side, Side), Path.Combine(folder.FullName, "kept"), Path.Combine(folder.FullName, "state"));
        var failure = Assert.Throws<ImageFileException>(() => Trained(set, readers: 2, state, step =>
        {
            if (step.Step == 3)
                File.Move(files[4], kept);
        }));
        Assert.Equal(files[4], failure.Path);

        File.Move(kept, files[4]);                               // a move keeps the file's time
        Assert.Equal(Trained(set.Load(), readers: 0), Trained(new ImageFileSet(files, Side, Side), readers: 1, state));
    }

    [Fact]
    public void An_image_too_small_to_be_cropped_is_named()
    {
        var files = Files(1, width: 9, height: 30);
        Assert.StartsWith(
            $"The image '{files[0]}' cannot be brought to 16x16: The image is 9x30, too small",
            Failure(new ImageFileSet(files, Side, Side, fit: ImageFit.CenterCrop), 0), StringComparison.Ordinal);
    }

    private static string Trained(IImageSet images, int readers, string? state = null, Action<TrainingStep>? onStep = null)
    {
        var config = new KlAutoencoderConfig
        {
            BaseChannels = 8, ChannelMultipliers = [1, 2], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false,
        };
        using var model = AutoencoderModel.Create(config, seed: 1);
        var options = new AutoencoderTrainingOptions
        {
            Steps = 8, BatchSize = 3, HorizontalFlips = true, CropSize = 8, ReaderThreads = readers, StateFolder = state, SaveInterval = 1,
            Resume = state is not null && Directory.Exists(state),
        };
        using var result = new AutoencoderTrainer(model, options).Train(images, progress: new Reports(onStep));
        return result.Model.ComputeWeightHash();
    }

    private static string Failure(ImageFileSet set, int index) => Assert.Throws<ImageFileException>(() => Values(set, index)).Message;

    private static float[] Values(IImageSet set, int index)
    {
        var planes = new float[set.Channels * set.Height * set.Width];
        set.Read(index, PixelRange.MinusOneToOne, planes);
        return planes;
    }

    private static IEnumerable<MLImage> Transformed(string[] files, ImageFit fit)
    {
        var context = new MLContext();
        var rows = context.Data.LoadFromEnumerable(files.Select(path => new FileRow { Path = path }));
        using var transformer = context.Transforms.LoadImageFiles("Image", "Path")
            .Append(context.Transforms.ResizeImagesAntialiased("Image", Side, Side, fit: fit)).Fit(rows);
        foreach (var image in transformer.Transform(rows).GetColumn<MLImage>("Image"))
        {
            using (image)
                yield return image;
        }
    }

    private string[] Files(int count, int width = 20, int height = 20) => [.. Enumerable.Range(0, count).Select(index =>
    {
        var path = Path.Combine(folder.FullName, $"image{index}.png");
        using var picture = ImageRows.Picture(index, width, height);
        picture.Save(path);
        return path;
    })];

    private sealed class FileRow
    {
        public string Path { get; set; } = "";
    }

    private sealed class Reports(Action<TrainingStep>? act) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value) => act?.Invoke(value);
    }
}
