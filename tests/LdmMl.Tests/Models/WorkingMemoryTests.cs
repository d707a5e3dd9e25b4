using LdmMl.Testing;
using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Generation;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Tensors;
using LdmMl.Transforms.Generate;
using LdmMl.Transforms.Reconstruct;
using Microsoft.ML;
using TorchSharp;

namespace LdmMl.Tests.Models;

/// <summary>Images that are too large for the memory are refused before the network runs.</summary>
public class WorkingMemoryTests
{
    private const long Gigabyte = 1_000_000_000;

    private readonly MLContext context = new(seed: 1);

    [Fact]
    public void The_estimate_grows_with_pixels_and_images()
    {
        var taesd = TinyAutoencoderConfig.Taesd;
        var one = AutoencoderMemory.Estimate(taesd, new ImageSize(2000, 1500), 1);
        Assert.Equal(4 * one, AutoencoderMemory.Estimate(taesd, new ImageSize(4000, 3000), 1));
        Assert.Equal(16 * one, AutoencoderMemory.Estimate(taesd, new ImageSize(2000, 1500), 16));
        Assert.InRange(one, 2.36 * Gigabyte, 1.15 * 2.36 * Gigabyte);   // the benchmark `passes` measures 2.35 GB
    }

    [Fact]
    public void A_decoder_that_is_wider_below_its_last_level_is_estimated_with_that_width()
    {
        var config = TestAutoencoders.KlConfig with { ChannelMultipliers = [1, 4] };
        var narrow = AutoencoderMemory.Estimate(config with { ChannelMultipliers = [1, 1] }, new ImageSize(64, 64), 1);
        Assert.InRange(AutoencoderMemory.Estimate(config, new ImageSize(64, 64), 1), 4 * narrow, (4 * narrow) + 4);   // rounded to bytes
    }

    [Theory]
    [InlineData(16, 20, "16 images of 2000x1500 at once take about 43.0 GB of memory in the autoencoder, and 20.0 GB are free. " +
        "Compute at most 7 at once (BatchSize of a transform), or make them smaller with ResizeImagesAntialiased.")]
    [InlineData(1, 2, "An image of 2000x1500 takes about 2.7 GB of memory in the autoencoder, and 2.0 GB are free. " +
        "Make them smaller with ResizeImagesAntialiased (generated images: by Width and Height of the settings).")]
    public void A_pass_that_does_not_fit_is_refused_with_advice(int images, long free, string message) => Assert.Equal(
        message,
        Assert.ThrowsAny<InvalidOperationException>(
            () => AutoencoderMemory.Require(TinyAutoencoderConfig.Taesd, new ImageSize(2000, 1500), images, () => free * Gigabyte)).Message);

    [Fact]
    public void A_pass_that_fits_is_allowed_and_small_images_are_not_checked()
    {
        AutoencoderMemory.Require(TinyAutoencoderConfig.Taesd, new ImageSize(2000, 1500), 16, () => 44 * Gigabyte);
        AutoencoderMemory.Require(TinyAutoencoderConfig.Taesd, new ImageSize(64, 64), 16, () => throw new InvalidOperationException("asked"));
        Assert.InRange(WorkingMemory.Free(), 1 << 20, long.MaxValue);
    }

    [Fact]
    public void Reconstruction_checks_memory_before_the_network_runs()
    {
        using var model = AutoencoderModel.Create(new TinyAutoencoderConfig { Width = 80 }, seed: 1);
        var rows = context.Data.LoadFromEnumerable([new LargeRow { Image = ImageRows.Picture(1, 512, 512) }]);
        var options = new ReconstructImagesOptions { OutputColumnName = "Out", InputColumnName = "Image" };
        using var cursor = rows.GetRowCursor(rows.Schema);
        using var runner = new ReconstructImagesRunner(model.Share(), cursor, options) { FreeMemory = () => 1 << 20 };
        using var input = runner.CreateInput(capacity: 1);
        Assert.True(cursor.MoveNext());
        runner.Read(input, slot: 0);
        Assert.StartsWith("An image of 512x512", Assert.ThrowsAny<InvalidOperationException>(() => runner.Compute(input)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generation_checks_memory_before_the_first_step()
    {
        using var model = SmallDiffusion.Create();
        var options = SeedRows.Options with { Settings = new() { Width = 4096, Height = 4096 } };
        var rows = context.Data.LoadFromEnumerable(SeedRows.Create(2));
        using var cursor = rows.GetRowCursor(rows.Schema);
        using var runner = new GenerateImagesRunner(
            model.Share(), cursor, options, [true, true], () => throw new InvalidOperationException("sampled")) { FreeMemory = () => 1 << 20 };
        using var input = runner.CreateInput(capacity: 2);
        for (var slot = 0; cursor.MoveNext(); slot++)
            runner.Read(input, slot);
        Assert.StartsWith("2 images of 4096x4096", Assert.ThrowsAny<InvalidOperationException>(() => runner.Compute(input)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_estimate_is_doubled_if_freed_memory_is_kept() => Assert.StartsWith(
        "An image of 2000x1500 takes about 5.4 GB",
        Assert.ThrowsAny<InvalidOperationException>(() => AutoencoderMemory.Require(
            TinyAutoencoderConfig.Taesd, new ImageSize(2000, 1500), 1, () => Gigabyte, keepsFreed: true)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_convolutions_of_libtorch_take_more()
    {
        var size = new ImageSize(512, 512);
        Assert.InRange(AutoencoderMemory.Estimate(KlAutoencoderConfig.KlF8, size, 1, isDirect: true), 1_153_000_000, 1_326_000_000);   // measured: 1.15 GB
        Assert.InRange(AutoencoderMemory.Estimate(KlAutoencoderConfig.KlF8, size, 1), 789_000_000, 907_000_000);                       // at most 0.79 GB
    }

    [Fact]
    public void Memory_that_earlier_passes_left_is_given_back_before_anything_is_refused()
    {
        var asked = 0;
        AutoencoderMemory.Require(
            TinyAutoencoderConfig.Taesd, new ImageSize(2000, 1500), 1, () => ++asked == 1 ? Gigabyte : 6 * Gigabyte, keepsFreed: true);
        Assert.Equal(2, asked);
    }

    [Fact]
    public void A_U_Net_needs_more_memory_for_larger_latents_more_rows_and_wider_levels()
    {
        var one = UNetMemory.Estimate(UNetConfig.CelebaHq256, new ImageSize(64, 64), 1);
        Assert.Equal(4 * one, UNetMemory.Estimate(UNetConfig.CelebaHq256, new ImageSize(128, 128), 1));
        Assert.Equal(2 * one, UNetMemory.Estimate(UNetConfig.CelebaHq256, new ImageSize(64, 64), 2));
        Assert.Equal(one / 2, UNetMemory.Estimate(UNetConfig.CelebaHq256, new ImageSize(64, 64), 1, ModelPrecision.BFloat16));
        Assert.InRange(one, 50_000_000, 124_000_000);   // the benchmark `passes` measures 124 MB
    }

    [Fact]
    public void Methods_without_a_pipeline_check_memory_first()
    {
        using var model = SmallDiffusion.Create();
        var settings = new GenerationSettings { Width = 1 << 17, Height = 1 << 17 };
        Assert.Matches(
            "^2 images of 131072x131072 at once take about [0-9.]+ GB of memory in the U-Net, and [0-9.]+ GB are free. Make them smaller",
            Assert.Throws<WorkingMemoryException>(() => model.Generate([1, 2], settings)).Message);

        // Only its shape is large.
        using var images = torch.zeros(1, 3, 1, 1).expand(1, 3, 1 << 17, 1 << 17);
        Assert.StartsWith(
            "An image of 131072x131072 takes about ", Assert.Throws<WorkingMemoryException>(() => model.Autoencoder.Reconstruct(images)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_on_a_GPU_say_what_helps_against_a_memory_shortage()
    {
        using var three = torch.zeros(3);
        torch.Tensor Fail() => three.reshape(2);

        Assert.Equal(
            "The network failed on cuda:1: shape '[2]' is invalid for input of size 3. If it is short of memory, compute fewer images at once "
            + "(BatchSize), make them smaller, or open the model as ModelPrecision.BFloat16.",
            Assert.Throws<InvalidOperationException>(() => DeviceMemory.Explain(new torch.Device(DeviceType.CUDA, 1), Fail)).Message);
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => DeviceMemory.Explain(torch.CPU, Fail));
    }

    private sealed class LargeRow
    {
        [Microsoft.ML.Transforms.Image.ImageType(512, 512)]
        public Microsoft.ML.Data.MLImage Image { get; set; } = null!;
    }
}
