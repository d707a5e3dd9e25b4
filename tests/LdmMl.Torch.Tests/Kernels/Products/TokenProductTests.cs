using CsCheck;
using LdmMl.Torch.Kernels.Products;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.Products;

public class TokenProductTests
{
    // Relative root mean squares: sums of up to 320 products in chains of 128 lose two bits at most. A gate adds a second sum and GELU.
    private const double LinearError = 4e-7, GatedError = 1e-6;

    public static TheoryData<int> Lanes() => Processor.Lanes switch
    {
        16 => [8, 16],
        8 => [8],
        _ => [],
    };

    [Theory]
    [MemberData(nameof(Lanes))]
    public void A_layer_equals_one_in_float64_whatever_its_shape(int lanes) => Shapes.Sample(
        shape =>
        {
            using var scope = NewDisposeScope();
            var (tokens, weight, bias) = Draw(shape, shape.Out);

            return IsClose(TokenProduct.Run(tokens, weight, bias, lanes), Exact(tokens, weight, bias), LinearError)
                && IsClose(TokenProduct.Run(tokens, weight, bias: null, lanes), Exact(tokens, weight, bias: null), LinearError);
        },
        iter: 40, threads: 1);

    [Theory]
    [MemberData(nameof(Lanes))]
    public void A_gated_layer_equals_one_in_float64_whatever_its_shape(int lanes) => Shapes.Sample(
        shape =>
        {
            using var scope = NewDisposeScope();
            var (tokens, weight, bias) = Draw(shape, 2 * shape.Out);
            var halves = Exact(tokens, weight, bias).chunk(2, dim: -1);

            return IsClose(TokenProduct.RunGated(tokens, weight, bias, lanes), halves[0] * nn.functional.gelu(halves[1]), GatedError);
        },
        iter: 40, threads: 1);

    [Theory]
    [MemberData(nameof(Lanes))]
    public void A_tokens_result_does_not_depend_on_the_tokens_beside_it(int lanes)
    {
        using var scope = NewDisposeScope();
        var (tokens, weight, bias) = Draw((7, 47, 136, 264), 528);
        var together = TokenProduct.Run(tokens, weight, bias, lanes);
        var gated = TokenProduct.RunGated(tokens, weight, bias, lanes);

        for (var image = 0; image < 7; image++)
        {
            var one = tokens.narrow(0, image, 1).narrow(1, image, 9).contiguous();
            Assert.True(Drawn.Same(TokenProduct.Run(one, weight, bias, lanes), together.narrow(0, image, 1).narrow(1, image, 9)));
            Assert.True(Drawn.Same(TokenProduct.RunGated(one, weight, bias, lanes), gated.narrow(0, image, 1).narrow(1, image, 9)));
        }
    }

    [Fact]
    public void Only_widths_of_whole_squares_fit()
    {
        Assert.Equal(Processor.Lanes > 0, TokenProduct.Fits(8, 24));
        Assert.False(TokenProduct.Fits(12, 24));
        Assert.False(TokenProduct.Fits(24, 12));
    }

    private static readonly Gen<(int Images, int Tokens, int In, int Out)> Shapes =
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 150], Gen.Int[1, 40], Gen.Int[1, 40], (images, tokens, inEights, outEights) =>
            (images, tokens, 8 * inEights, 8 * outEights));

    private static (Tensor Tokens, Tensor Weight, Tensor Bias) Draw((int Images, int Tokens, int In, int Out) shape, int rows) =>
    (
        Drawn.Normal(1, shape.Images, shape.Tokens, shape.In),
        Drawn.Normal(2, rows, shape.In) * Real(1 / Math.Sqrt(shape.In)),
        Drawn.Normal(3, rows));

    private static Tensor Exact(Tensor tokens, Tensor weight, Tensor? bias) =>
        nn.functional.linear(tokens.to(ScalarType.Float64), weight.to(ScalarType.Float64), bias?.to(ScalarType.Float64));

    private static bool IsClose(Tensor actual, Tensor exact, double tolerance) =>
        actual.shape.SequenceEqual(exact.shape) && Drawn.RelativeError(actual, exact) < tolerance;
}
