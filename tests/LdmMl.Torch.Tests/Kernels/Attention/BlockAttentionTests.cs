using CsCheck;
using LdmMl.Torch.Kernels.Attention;
using LdmMl.Torch.Tests.Kernels.Products;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.Attention;

public class BlockAttentionTests
{
    // A relative root mean square: weights of e^score carry the rounding of the scores, up to some units of the last place of numbers near 10.
    private const double Error = 1e-6;

    public static TheoryData<int> Lanes() => TokenProductTests.Lanes();

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Attention_equals_that_in_float64_whatever_its_shape(int lanes) => Shapes.Sample(
        shape =>
        {
            using var scope = NewDisposeScope();
            var (query, key, value) = Draw(shape);

            return Drawn.RelativeError(BlockAttention.Run(query, key, value, lanes), Exact(query, key, value)) < Error;
        },
        iter: 40, threads: 1);

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Scores_that_rise_along_the_keys_are_weighed_as_well(int lanes)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Draw((2, 2, 40, 400, 16));
        query = query.abs();
        key = key * linspace(0, 30, 400).reshape(1, 1, 400, 1);   // e^score alone would overflow

        // Scores of a few hundred are rounded to 1e-5 of a unit.
        Assert.InRange(Drawn.RelativeError(BlockAttention.Run(query, key, value, lanes), Exact(query, key, value)), 0, 3e-5);
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void A_querys_result_does_not_depend_on_the_queries_and_images_beside_it(int lanes)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Draw((3, 2, 77, 131, 24));
        var together = BlockAttention.Run(query, key, value, lanes);

        for (var image = 0; image < 3; image++)
        {
            var one = BlockAttention.Run(query.narrow(0, image, 1).narrow(2, 5, 40), key.narrow(0, image, 1), value.narrow(0, image, 1), lanes);
            Assert.True(Drawn.Same(one, together.narrow(0, image, 1).narrow(1, 5, 40)));
        }
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Views_of_a_joint_projection_are_read_in_place(int lanes)
    {
        using var scope = NewDisposeScope();
        var parts = Drawn.Normal(1, 2, 50, 4 * 3 * 16).unflatten(2, [4, 3, 16]).unbind(3).Select(part => part.transpose(1, 2)).ToArray();
        var copies = parts.Select(part => part.contiguous()).ToArray();

        Assert.True(Drawn.Same(BlockAttention.Run(parts[0], parts[1], parts[2], lanes), BlockAttention.Run(copies[0], copies[1], copies[2], lanes)));
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void A_value_that_is_not_finite_shows_in_the_results_that_see_it(int lanes)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Draw((2, 1, 33, 9, 8));
        key[1, 0, 4, 2] = float.NaN;
        var result = BlockAttention.Run(query, key, value, lanes);

        Assert.True(result[0].isfinite().all().item<bool>());
        Assert.True(result[1].isnan().all().item<bool>());
    }

    private static readonly Gen<(int Images, int Heads, int Queries, int Keys, int Width)> Shapes =
        Gen.Select(Gen.Int[1, 2], Gen.Int[1, 3], Gen.Int[1, 80], Gen.Int[1, 300], Gen.Int[1, 12], (images, heads, queries, keys, eights) =>
            (images, heads, queries, keys, 8 * eights));

    private static (Tensor Query, Tensor Key, Tensor Value) Draw((int Images, int Heads, int Queries, int Keys, int Width) shape) => (
        Drawn.Normal(1, shape.Images, shape.Heads, shape.Queries, shape.Width),
        Drawn.Normal(2, shape.Images, shape.Heads, shape.Keys, shape.Width),
        Drawn.Normal(3, shape.Images, shape.Heads, shape.Keys, shape.Width));

    private static Tensor Exact(Tensor query, Tensor key, Tensor value) => nn.functional.scaled_dot_product_attention(
        query.to(ScalarType.Float64), key.to(ScalarType.Float64), value.to(ScalarType.Float64)).transpose(1, 2).flatten(2);
}
