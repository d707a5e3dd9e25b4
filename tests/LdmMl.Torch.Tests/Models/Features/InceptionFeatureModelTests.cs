using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Features.Inception;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Features;

public sealed class InceptionFeatureModelTests(RandomInception random) : IClassFixture<RandomInception>
{
    [Fact]
    public void Keys_and_shapes_equal_those_of_the_published_file()
    {
        using var network = new InceptionNetwork(META);

        var actual = InceptionWeights.PublishedKeys(network).Select(entry => $"{entry.Key} [{string.Join(", ", entry.Shape)}]").Order(StringComparer.Ordinal);

        Assert.Equal(File.ReadAllLines(Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "keys", "inception-fid.txt")), actual);
    }

    [Fact]
    public void Rows_have_the_same_bits_alone_and_in_every_batch()
    {
        using var scope = NewDisposeScope();
        using var images = RandomInception.Images(5, 40, 56);
        var together = random.Model.Features(images, PixelRange.ZeroToOne);

        foreach (var count in new[] { 1, 2, 3 })
        {
            var part = random.Model.Features(images.narrow(0, 1, count), PixelRange.ZeroToOne);
            Assert.True(Equal(part, together.narrow(0, 1, count)), $"batch of {count}");
        }
    }

    [Fact]
    public void Both_pixel_ranges_give_the_same_features()
    {
        using var scope = NewDisposeScope();
        using var images = RandomInception.Images(2, 40, 56);

        var first = random.Model.Features(images, PixelRange.ZeroToOne);
        var second = random.Model.Features(Real(2) * images - Real(1), PixelRange.MinusOneToOne);

        Assert.Equal([2, 2048], first.shape);
        Assert.Equal(0, (first - second).abs().max().item<float>(), tolerance: 2e-4f * first.abs().max().item<float>());
    }

    [Fact]
    public void No_gradient_flows_and_nothing_leaks()
    {
        using var images = RandomInception.Images(1, 20, 20).requires_grad_();
        random.Model.Features(images, PixelRange.ZeroToOne).Dispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        using (var features = random.Model.Features(images, PixelRange.ZeroToOne))
            Assert.False(features.requires_grad);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Opening_copying_and_sharing_leak_no_tensor()
    {
        using var weights = RandomInception.Weights();
        void Open()
        {
            using var model = InceptionFeatureModel.Create(weights, "random weights", "00000000");
            model.Share().Dispose();
            model.To(CPU).Dispose();
        }

        Open();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Open();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void The_last_handle_frees_the_weights()
    {
        using var images = RandomInception.Images(1, 20, 20);
        using var shared = random.Model.Share();
        var another = shared.Share();
        another.Dispose();
        another.Dispose();

        Assert.Throws<ObjectDisposedException>(() => another.Features(images, PixelRange.ZeroToOne));
        shared.Features(images, PixelRange.ZeroToOne).Dispose();
    }

    [Fact]
    public void Several_threads_get_the_same_features()
    {
        using var images = RandomInception.Images(2, 20, 20);
        using var expected = random.Model.Features(images, PixelRange.ZeroToOne);
        var same = new bool[3];

        Parallel.For(0, same.Length, index =>
        {
            using var features = random.Model.Features(images, PixelRange.ZeroToOne);
            same[index] = Equal(features, expected);
        });

        Assert.DoesNotContain(false, same);
    }

    [Fact]
    public void Wrong_images_are_refused_with_an_explanation()
    {
        using var grey = zeros(1, 1, 8, 8);
        using var bytes = zeros(1, 3, 8, 8, dtype: ScalarType.Byte);
        using var infinite = full([1, 3, 8, 8], Real(double.PositiveInfinity), dtype: ScalarType.Float32);

        Assert.Contains("[1, 1, 8, 8]", Assert.Throws<ArgumentException>(() => random.Model.Features(grey, PixelRange.ZeroToOne)).Message, StringComparison.Ordinal);
        Assert.Contains("got Byte", Assert.Throws<ArgumentException>(() => random.Model.Features(bytes, PixelRange.ZeroToOne)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Model.Features(infinite, (PixelRange)7));
        Assert.Contains("contain NaN or infinity", Assert.Throws<InvalidDataException>(() => random.Model.Features(infinite, PixelRange.ZeroToOne)).Message, StringComparison.Ordinal);
    }

    private static bool Equal(Tensor one, Tensor other) => one.data<float>().ToArray().AsSpan().SequenceEqual(other.data<float>().ToArray());
}
