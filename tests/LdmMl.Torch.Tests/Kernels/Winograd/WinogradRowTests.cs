using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.Winograd;

/// <summary>An image's bits depend neither on other images in the batch nor on the threads.</summary>
[Collection(WholeProcess.Name)]
public class WinogradRowTests
{
    private const int In = 32, Out = 64;

    public static TheoryData<string> Kernels() => WinogradCases.Kernels();

    [Theory]
    [MemberData(nameof(Kernels))]
    public void An_image_has_the_same_bits_alone_and_in_every_batch(string kernel)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(In, Out);
        var images = WinogradCases.Activations(5, In, 9, 7);
        using var convolution = WinogradCases.Create(kernel, weight, bias);
        var alone = Enumerable.Range(0, 5).Select(row => convolution.Convolve(images.narrow(0, row, 1))).ToArray();

        foreach (var rows in new int[][] { [1, 0], [2, 3, 4], [4, 3, 2, 1, 0] })
        {
            var together = convolution.Convolve(stack(rows.Select(row => images[row]).ToArray()).ToChannelsLast());
            for (var i = 0; i < rows.Length; i++)
                Assert.True(Drawn.Same(together.narrow(0, i, 1), alone[rows[i]]), $"row {rows[i]} in a batch of {rows.Length}");
        }
    }

    // So few tiles are shared among the threads; with many, each thread takes some through all stages.
    [Theory]
    [MemberData(nameof(Kernels))]
    public void An_image_has_the_same_bits_whether_or_not_threads_share_its_tiles(string kernel)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(In, Out);
        var image = WinogradCases.Activations(1, In, 33, 19);
        using var convolution = WinogradCases.Create(kernel, weight, bias);
        var many = convolution.Convolve(image.expand(40, -1, -1, -1).ToChannelsLast());

        Assert.True(many.eq(convolution.Convolve(image)).all().item<bool>());
    }

    // Weights larger than a third of the L3 cache are shared at any size of the image; a part of their channels is small enough for its own
    // tiles.
    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_channel_has_the_same_bits_with_all_weights_and_with_a_part_of_them(string kernel)
    {
        using var scope = NewDisposeScope();
        const int Wide = 448, Part = 32;
        var (weight, bias) = WinogradCases.Layer(Wide, Wide);
        var images = WinogradCases.Activations(1, Wide, 28, 27);
        using var whole = WinogradCases.Create(kernel, weight, bias);
        using var part = WinogradCases.Create(kernel, weight.narrow(0, Part, Part), bias.narrow(0, Part, Part));
        var (expected, actual) = LibtorchThreads.Each([2], () => (whole.Convolve(images).narrow(1, Part, Part), part.Convolve(images)))[0];

        Assert.True(Drawn.Same(actual, expected));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_number_of_threads_does_not_matter(string kernel)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(In, Out);
        var small = WinogradCases.Activations(2, In, 9, 7);
        var large = WinogradCases.Activations(3, In, 61, 53);
        var results = LibtorchThreads.Each([1, 2, 3], () =>
        {
            using var convolution = WinogradCases.Create(kernel, weight, bias);   // transforming weights is shared among threads, too
            return (convolution.Convolve(small), convolution.Convolve(large));
        });

        Assert.All(results, result => Assert.True(Drawn.Same(result.Item1, results[0].Item1) && Drawn.Same(result.Item2, results[0].Item2)));
    }
}
