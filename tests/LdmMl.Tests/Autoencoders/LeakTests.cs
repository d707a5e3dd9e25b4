using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace LdmMl.Tests.Autoencoders;

/// <summary>Counts the tensors of the whole process, so no other test runs at the same time.</summary>
[Collection(nameof(Alone))]
public class LeakTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_tensor_leaks_however_rows_are_read(bool prefetch)
    {
        using var model = TestAutoencoders.Kl();
        ReadEveryWay(model, prefetch);
        FinalizeWhatEarlierTestsLeft();
        var before = Tensor.TotalCount;
        ReadEveryWay(model, prefetch);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Memory_stays_flat_over_thousands_of_rows()
    {
        var context = new MLContext(seed: 1);
        using var model = TestAutoencoders.Tiny();
        var some = ImageRows.Create(16);
        var rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, 1500).Select(i => some[i % 16]));
        var output = context.Transforms.ReconstructImages("Out", model, "Image").Append(context.Transforms.ScoreImageQuality("Image", "Out")).Fit(rows).Transform(rows);
        Assert.Equal(1500, output.GetColumn<float>("Psnr").Count());
        var before = Environment.WorkingSet;
        Assert.Equal(1500, output.GetColumn<float>("Psnr").Count());
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 24L << 20);   // two images of 16 KiB and their planes, 1500 times, are 170 MB
    }

    [Fact]
    public void Undisposed_images_do_not_accumulate()
    {
        var context = new MLContext(seed: 1);
        var some = ImageRows.Create(4);
        var rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, 600).Select(i => some[i % 4]));
        var output = context.Transforms.ResizeImagesAntialiased("Large", 512, 512, "Image").Fit(rows).Transform(rows);
        var before = Environment.WorkingSet;
        var largest = 0L;
        var count = 0;
        foreach (var image in output.GetColumn<MLImage>("Large"))
        {
            count += image.Width / 512;
            largest = Math.Max(largest, Environment.WorkingSet - before);

            // What a collection has found is freed by another thread, which a busy machine may leave waiting.
            if (count % 20 == 0)
                GC.WaitForPendingFinalizers();
        }

        Assert.Equal(600, count);
        Assert.InRange(largest, long.MinValue, 250L << 20);   // all of them are 600 MiB
    }

    // Otherwise finalizers could run between the two counts, which would then differ by other tensors.
    internal static void FinalizeWhatEarlierTestsLeft()
    {
        for (var round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static void ReadEveryWay(AutoencoderModel model, bool prefetch)
    {
        var context = new MLContext(seed: 1);
        var rows = ImageRows.Load(context, 13);
        using var encode = context.Transforms.EncodeImages(
            model, new EncodeImagesOptions { OutputColumnName = "Latent", InputColumnName = "Image", SeedColumnName = "Seed", BatchSize = 4, Prefetch = prefetch }).Fit(rows);
        var latents = encode.Transform(rows);
        using var decode = context.Transforms.DecodeLatents(
            model, new DecodeLatentsOptions { OutputColumnName = "Out", InputColumnName = "Latent", BatchSize = 3, Prefetch = prefetch }).Fit(latents);
        var output = decode.Transform(latents);
        Assert.Equal(13, ImageRows.Pixels(output, "Out").Length);
        Assert.Equal(5, ImageRows.Pixels(context.Data.TakeRows(output, 5), "Out").Length);
        using var abandoned = output.GetRowCursor(output.Schema);
        MLImage image = null!;
        Assert.True(abandoned.MoveNext());
        abandoned.GetGetter<MLImage>(output.Schema["Out"])(ref image);
    }
}
