using LdmMl.Torch.Kernels.Winograd;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.Winograd;

/// <summary>Values that are not finite spoil the tiles that contain them, completely, and nothing else.</summary>
public class WinogradNonFiniteTests
{
    private const int Side = 21;

    public static TheoryData<string, float> Cases()
    {
        var cases = new TheoryData<string, float>();
        foreach (var kernel in WinogradCases.Names)
        {
            foreach (var value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
                cases.Add(kernel, value);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Non_finite_values_reach_every_output_in_range_and_none_beyond_their_tiles(string kernel, float value)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(16, 32);
        using var convolution = WinogradCases.Create(kernel, weight, bias);
        var side = WinogradCases.Tile(kernel) == WinogradTile.F2 ? 2 : 4;
        foreach (var (y, x) in new[] { (0, 0), (7, 8), (11, 4), (20, 20) })
        {
            var images = WinogradCases.Activations(3, 16, Side, Side);
            var clean = convolution.Convolve(images);
            images[1, 5, y, x] = value;
            var result = convolution.Convolve(images);
            var spoiled = result.isfinite().logical_not();
            var (seen, tiles) = (Mask(y - 1, y + 2, x - 1, x + 2), Mask(Down(y - 1, side), Up(y + 2, side), Down(x - 1, side), Up(x + 2, side)));

            Assert.True(spoiled[1].logical_or(seen.logical_not()).all().item<bool>(), "what sees it is not finite");
            Assert.True(spoiled[1].logical_not().logical_or(tiles).all().item<bool>(), "what is in other tiles is finite");
            Assert.True(Drawn.Same(result.where(spoiled.logical_not(), zeros_like(result)), clean.where(spoiled.logical_not(), zeros_like(result))));
            Assert.False(spoiled[0].any().item<bool>() || spoiled[2].any().item<bool>(), "other images are finite");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fused_operations_do_not_hide_non_finite_values(string kernel, float value)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(16, 32);
        var images = WinogradCases.Activations(1, 16, 4, 4);
        images[0, 0, 1, 1] = value;
        using var convolution = WinogradCases.Create(kernel, weight, bias);
        var rectified = convolution.Convolve(images, doubles: true, addend: zeros(1, 8, 8, 32).permute(0, 3, 1, 2), rectifies: true);

        Assert.True(rectified[0].isfinite().logical_not().any().item<bool>());
        if (float.IsNaN(value))
            Assert.True(rectified.narrow(2, 1, 4).narrow(3, 1, 4).isnan().all().item<bool>());
    }

    private static int Down(int pixel, int side) => Math.Max(0, pixel) / side * side;

    private static int Up(int end, int side) => (end + side - 1) / side * side;

    private static Tensor Mask(int top, int bottom, int left, int right)      // [1, Side, Side]
    {
        var mask = zeros([1, Side, Side], dtype: ScalarType.Bool);
        (top, left) = (Math.Max(0, top), Math.Max(0, left));
        mask.narrow(1, top, Math.Min(Side, bottom) - top).narrow(2, left, Math.Min(Side, right) - left).fill_(Real(1));
        return mask;
    }
}
