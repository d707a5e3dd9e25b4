using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace PerceptualTrunk;

/// <summary>
/// A small VGG (Simonyan and Zisserman 2015): pairs of 3x3 convolutions with ReLU, with pooling between the pairs; then the mean over the image and
/// one linear layer for categories and subcategories. In training, a batch normalisation follows each convolution; <see cref="Folded"/> removes it.
/// </summary>
internal sealed class TrunkNetwork : Module<Tensor, Tensor>
{
    // The width of each level; a level has two convolutions and ends with pooling.
    private static readonly int[] Widths = [24, 48, 64, 96, 128];

    private readonly ModuleList<Conv2d> convolutions = [];
    private readonly ModuleList<BatchNorm2d> norms = [];
    private readonly Dropout dropout = Dropout(0.2);
    private readonly Linear classes;
    private readonly Tensor shift = tensor(new[] { -0.030f, -0.088f, -0.188f }).reshape(1, 3, 1, 1);
    private readonly Tensor scale = tensor(new[] { 0.458f, 0.448f, 0.450f }).reshape(1, 3, 1, 1);

    public TrunkNetwork(int outputs, Generator generator) : base(nameof(TrunkNetwork))
    {
        var channels = 3;
        foreach (var width in Widths.SelectMany(width => new[] { width, width }))
        {
            var convolution = Conv2d(channels, width, kernel_size: 3, padding: 1);
            using (no_grad())
            {
                // He et al. 2015: every ReLU halves the variance, so the weights double it.
                convolution.weight.normal_(0, Math.Sqrt(2.0 / (9 * channels)), generator);
                convolution.bias!.zero_();
            }
            convolutions.Add(convolution);
            norms.Add(BatchNorm2d(width));
            channels = width;
        }
        classes = Linear(channels, outputs);
        using (no_grad())
            classes.weight.normal_(0, Math.Sqrt(1.0 / channels), generator);
        RegisterComponents();
    }

    public override Tensor forward(Tensor images)                // [B, 3, H, W] in [-1, 1] -> [B, outputs]
    {
        using var scope = NewDisposeScope();
        var x = (images - shift) / scale;
        for (var index = 0; index < convolutions.Count; index++)
        {
            if (index > 0 && index % 2 == 0)
                x = functional.max_pool2d(x, 2, 2);
            x = norms[index].call(convolutions[index].call(x)).relu_();
        }
        return scope.MoveToOuter(classes.call(dropout.call(x.mean([2, 3]))));
    }

    /// <summary>
    /// Returns the convolutions with their batch normalisations folded in, with torchvision's keys: a convolution is followed by its ReLU, and
    /// the last one of a level also by pooling. The caller disposes the tensors.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Folded()
    {
        using var _ = no_grad();
        using Scalar epsilon = 1e-5.ToScalar(), one = 1.ToScalar();
        var weights = new List<KeyValuePair<string, Tensor>>();
        for (var index = 0; index < convolutions.Count; index++)
        {
            var (convolution, norm) = (convolutions[index], norms[index]);
            var factor = norm.weight! / norm.running_var!.add(epsilon, one).sqrt();
            var key = $"features.{index * 2 + index / 2}";
            weights.Add(new($"{key}.weight", (convolution.weight * factor.reshape(-1, 1, 1, 1)).contiguous()));
            weights.Add(new($"{key}.bias", ((convolution.bias! - norm.running_mean!) * factor).add(norm.bias!, one).contiguous()));
        }
        return weights;
    }
}
