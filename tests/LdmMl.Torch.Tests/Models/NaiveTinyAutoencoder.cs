using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Tests.Models;

/// <summary>The tiny autoencoder without normalisation as one would first write it, in the number format of its weights.</summary>
/// <param name="weights">The state dictionary.</param>
internal sealed class NaiveTinyAutoencoder(IReadOnlyDictionary<string, Tensor> weights)
{
    public Tensor Encode(Tensor images)                                          // [B, 3, H, W] -> [B, c, H/8, W/8]
    {
        using var scope = NewDisposeScope();
        var h = Block("encoder.1", Convolve("encoder.0", images));
        for (var layer = 2; layer < 14; layer++)
            h = layer % 4 == 2 ? Convolve($"encoder.{layer}", h, stride: 2) : Block($"encoder.{layer}", h);
        return scope.MoveToOuter(Convolve("encoder.14", h));
    }

    public Tensor Decode(Tensor latents)                                         // [B, c, h, w] -> [B, 3, 8h, 8w]
    {
        using var scope = NewDisposeScope();
        var h = functional.relu(Convolve("decoder.1", (latents / Real(3)).tanh() * Real(3)));
        for (var layer = 3; layer < 18; layer += 5)
        {
            for (var block = layer; block < layer + 3; block++)
                h = Block($"decoder.{block}", h);
            h = Convolve($"decoder.{layer + 4}", functional.interpolate(h, scale_factor: [2, 2], mode: InterpolationMode.Nearest));
        }

        return scope.MoveToOuter(Convolve("decoder.19", Block("decoder.18", h)));
    }

    private Tensor Block(string name, Tensor x)
    {
        var h = functional.relu(Convolve($"{name}.conv.0", x));
        h = functional.relu(Convolve($"{name}.conv.2", h));
        return functional.relu(Convolve($"{name}.conv.4", h).Plus(x));
    }

    private Tensor Convolve(string name, Tensor x, long stride = 1) => functional.conv2d(
        x, weights[$"{name}.weight"], weights.GetValueOrDefault($"{name}.bias"), strides: [stride, stride], padding: [1, 1]);
}
