using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.ChannelsLast;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.ChannelsLast;

public unsafe class PixelUnitDistanceTests
{
    private const int Positions = 37;

    /// <summary>Less than a vector, whole vectors, and vectors with a remainder.</summary>
    public static TheoryData<int> Channels() => [1, 3, 15, 16, 17, 33, 64, 100];

    // Sums of numbers in [0, 4], rounded in another order; measured 1.5e-7 of the largest.
    [Theory]
    [MemberData(nameof(Channels))]
    public void It_equals_float64_and_the_kernel_of_plain_maps(int channels)
    {
        using var scope = NewDisposeScope();
        var (first, second, weights) = Maps(channels);
        var result = tensor(Measure(first, second, weights));

        var tolerance = 1e-6 * Exact(first, second, weights).max().item<double>();
        Assert.InRange(Drawn.LargestError(result, Exact(first, second, weights)), 0, tolerance);
        Assert.InRange(Drawn.LargestError(result, tensor(MeasurePlain(first, second, weights))), 0, tolerance);
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public void Equal_vectors_have_distance_0(int channels)
    {
        using var scope = NewDisposeScope();
        var (first, _, weights) = Maps(channels);

        Assert.All(Measure(first, first.clone(), weights), distance => Assert.Equal(0, distance));
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public void The_order_of_the_sides_does_not_matter(int channels)
    {
        using var scope = NewDisposeScope();
        var (first, second, weights) = Maps(channels);

        Assert.Equal(Measure(first, second, weights), Measure(second, first, weights));
    }

    [Fact]
    public void A_position_does_not_depend_on_its_neighbours()
    {
        using var scope = NewDisposeScope();
        var (first, second, weights) = Maps(33);
        var whole = Measure(first, second, weights);

        Assert.Equal(whole[5..12], Measure(first.narrow(0, 5, 7), second.narrow(0, 5, 7), weights));
    }

    [Fact]
    public void Zero_vectors_have_distance_0_and_1_from_any_direction()
    {
        using var scope = NewDisposeScope();
        var (first, _, _) = Maps(20);

        Assert.All(Measure(zeros(Positions, 20), zeros(Positions, 20), ones(20)), distance => Assert.Equal(0, distance));
        Assert.All(Measure(first, zeros(Positions, 20), ones(20)), distance => Assert.Equal(1, distance, 1e-6f));   // rounding of a sum of squares
    }

    private static (Tensor First, Tensor Second, Tensor Weights) Maps(int channels) =>
        (Drawn.Normal(1, Positions, channels), Drawn.Normal(2, Positions, channels), Drawn.Normal(3, channels).abs());

    private static float[] Measure(Tensor first, Tensor second, Tensor weights)
    {
        var map = new float[first.shape[0]];
        PixelUnitDistance.Fill<Float32Values>(
            TensorPointer.Of(first), TensorPointer.Of(second), TensorPointer.OfFloats(weights), (int)first.shape[1], map);
        return map;
    }

    private static float[] MeasurePlain(Tensor first, Tensor second, Tensor weights)
    {
        var (a, b) = (first.t().contiguous(), second.t().contiguous());
        var map = new float[Positions];
        PlanarUnitDistance.Fill(TensorPointer.OfFloats(a), TensorPointer.OfFloats(b), TensorPointer.OfFloats(weights), (int)first.shape[1], Positions, map);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        return map;
    }

    private static Tensor Exact(Tensor first, Tensor second, Tensor weights)
    {
        static Tensor Unit(Tensor vectors) => Precise(vectors) / Precise(vectors).pow(Whole(2)).sum(1, keepdim: true).sqrt();
        static Tensor Precise(Tensor vectors) => vectors.to(ScalarType.Float64);

        return ((Unit(first) - Unit(second)).pow(Whole(2)) * weights).sum(1);
    }
}
