using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Models.Perceptual;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Features;

public sealed class PerceptualFeatureModelTests : IDisposable
{
    private readonly PerceptualFilesOfTests files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Features_are_the_means_of_every_layers_channels()
    {
        using var scope = NewDisposeScope();
        using var perceptual = files.Small();
        using var model = PerceptualFeatureModel.Create(perceptual);
        using var images = PerceptualFilesOfTests.Images(1, 3, 3, 20, 24);
        using var activations = perceptual.Features(images, PixelRange.ZeroToOne);

        var features = model.Features(images, PixelRange.ZeroToOne);

        Assert.Equal([3, 36], features.shape);
        var expected = cat([.. activations.Layers.Select(layer => layer.mean([2, 3]))], dim: 1);
        Assert.Equal(0, (features - expected).abs().max().item<float>(), tolerance: 1e-6f);   // float32 sums in two orders
    }

    [Fact]
    public void Rows_have_the_same_bits_alone_and_in_every_batch()
    {
        using var scope = NewDisposeScope();
        using var model = Small();
        using var images = PerceptualFilesOfTests.Images(1, 5, 3, 20, 24);
        var together = model.Features(images, PixelRange.ZeroToOne);

        foreach (var count in new[] { 1, 2, 3 })
        {
            var part = model.Features(images.narrow(0, 1, count), PixelRange.ZeroToOne);
            Assert.Equal(together.narrow(0, 1, count).contiguous().data<float>().ToArray(), part.data<float>().ToArray());
        }
    }

    [Fact]
    public void The_name_describes_the_features_and_is_never_FID()
    {
        using var model = Small();

        Assert.Equal("mean activations of trunk", model.Name);
        Assert.False(model.IsInception);
        Assert.Equal(64, model.Fingerprint.Length);
    }

    [Fact]
    public void It_outlives_its_perceptual_model_and_leaks_no_tensor()
    {
        using var images = PerceptualFilesOfTests.Images(1, 2, 3, 20, 24);
        using var perceptual = files.Small();
        Compute();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Compute();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        void Compute()
        {
            var model = PerceptualFeatureModel.Create(perceptual);
            using var shared = model.Share();
            model.Dispose();
            Assert.Throws<ObjectDisposedException>(() => model.Features(images, PixelRange.ZeroToOne));
            shared.Features(images, PixelRange.ZeroToOne).Dispose();
        }
    }

    [Fact]
    public void The_kind_of_a_file_is_detected_by_its_keys()
    {
        using (var lpips = files.Lpips(PerceptualTrunkConfig.SqueezeNet))
            lpips.Save(files.PathOf("lpips.safetensors"));
        var trunk = files.Trunk(PerceptualTrunkConfig.Vgg(PerceptualFilesOfTests.SmallPlan), name: "plain.safetensors");
        using (var other = new StateDictionary { { "decoder.weight", zeros(3) } })
            SafetensorsFile.Write(files.PathOf("other.safetensors"), other);

        using var first = FeatureModel.Load(trunk);
        using var second = FeatureModel.Load(files.PathOf("lpips.safetensors"));
        var error = Assert.Throws<CheckpointException>(() => FeatureModel.Load(files.PathOf("other.safetensors")));

        Assert.Equal(("mean activations of plain", "mean activations of SqueezeNet 1.1"), (first.Name, second.Name));
        Assert.Contains("it holds neither Inception's weights", error.Message, StringComparison.Ordinal);
        Assert.Contains("its first key is 'decoder.weight'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_below_the_trunks_minimum_size_are_refused()
    {
        using var model = Small();
        using var images = zeros(1, 3, 3, 20);

        var error = Assert.Throws<ArgumentException>(() => model.Features(images, PixelRange.ZeroToOne));

        Assert.StartsWith("The images are 20x3; both sides must be at least 4 pixels.", error.Message, StringComparison.Ordinal);
    }

    private PerceptualFeatureModel Small()
    {
        using var perceptual = files.Small();
        return PerceptualFeatureModel.Create(perceptual);
    }
}
