using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FashionMnist;

/// <summary>A small convolutional classifier of ten kinds of clothing.</summary>
internal sealed class ClothingNetwork : Module<Tensor, Tensor>
{
    /// <summary>The length of <see cref="Features"/>.</summary>
    public const int FeatureCount = 128;

    // The names of the fields are the keys of the file.
    private readonly Conv2d conv1, conv2, conv3;
    private readonly BatchNorm2d norm1, norm2, norm3;
    private readonly Linear hidden, output;

    public ClothingNetwork() : base(nameof(ClothingNetwork))
    {
        (conv1, norm1) = (Conv2d(1, 32, kernel_size: 3, padding: 1, bias: false), BatchNorm2d(32));
        (conv2, norm2) = (Conv2d(32, 64, kernel_size: 3, padding: 1, bias: false), BatchNorm2d(64));
        (conv3, norm3) = (Conv2d(64, 128, kernel_size: 3, padding: 1, bias: false), BatchNorm2d(128));
        hidden = Linear(128 * 4 * 4, FeatureCount);
        output = Linear(FeatureCount, 10);
        RegisterComponents();
    }

    /// <summary>Computes the logits of the ten kinds.</summary>
    public override Tensor forward(Tensor images)                // [B, 1, 32, 32] in [-1, 1] -> [B, 10]
    {
        using var features = Features(images);
        return output.call(features);
    }

    /// <summary>Computes the last hidden layer.</summary>
    public Tensor Features(Tensor images)                        // [B, 1, 32, 32] -> [B, 128]
    {
        using var scope = NewDisposeScope();
        var h = Halve(images, conv1, norm1);                     // [B, 32, 16, 16]
        h = Halve(h, conv2, norm2);                              // [B, 64, 8, 8]
        h = Halve(h, conv3, norm3);                              // [B, 128, 4, 4]
        return scope.MoveToOuter(functional.relu(hidden.call(h.flatten(1))));
    }

    private static Tensor Halve(Tensor x, Conv2d convolution, BatchNorm2d norm) =>
        functional.relu(norm.call(functional.max_pool2d(convolution.call(x), 2)));
}
