using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>One call of an opened perceptual model: standardises, runs the trunk, and compares each layer as soon as it is computed.</summary>
internal readonly struct PerceptualForward(SharedNetwork network, PerceptualDescription description, PixelRange range)
{
    private PerceptualNetwork Network => (PerceptualNetwork)network.Module;

    /// <summary>Compares pairs [B, 3, H, W], or one image [1, 3, H, W] with each of the others; all go through the trunk in one batch.</summary>
    public PerceptualDistances Compare(Tensor images, Tensor others, bool spatial)
    {
        if (is_grad_enabled() && (images.requires_grad || others.requires_grad))
            return CompareDifferentiably(images, others, spatial);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return CompareTogether(images, others, spatial);
    }

    /// <summary>Compares a reference with [B, 3, H, W].</summary>
    public PerceptualDistances Compare(PerceptualFeatures reference, Tensor others, bool spatial)
    {
        using var scope = NewDisposeScope();
        using var noGradient = is_grad_enabled() && others.requires_grad ? null : no_grad();
        var net = Network;
        var sum = new DistanceSum(others, spatial);
        Run(others, (layer, features) => sum.Add(LayerDistance.Measure(reference.Layers[layer], features, net.Head(layer))));
        return sum.ToDistances();
    }

    /// <summary>Computes activations, without gradients.</summary>
    public PerceptualFeatures Features(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var layers = new List<Tensor>();
        Run(images, (_, features) => layers.Add(features.alias().DetachFromDisposeScope()));
        return new(network, layers, images.shape[0], images.shape[2], images.shape[3]);
    }

    // A side without gradients keeps no activations for the backward pass.
    private PerceptualDistances CompareDifferentiably(Tensor images, Tensor others, bool spatial)
    {
        using var scope = NewDisposeScope();
        // Both sides are convolved as in a training, or equal images would not have distance 0.
        using var alike = new ConvolutionScope(ConvolutionScope.Current, trains: true);
        if (images.requires_grad && (others.requires_grad || images.shape[0] != others.shape[0]))
            return CompareTogether(images, others, spatial);

        using var reference = Features(images.requires_grad ? others : images);
        return Compare(reference, images.requires_grad ? images : others, spatial);
    }

    private PerceptualDistances CompareTogether(Tensor images, Tensor others, bool spatial)
    {
        var (net, first, second) = (Network, images.shape[0], others.shape[0]);
        var sum = new DistanceSum(others, spatial);
        Run(cat([images, others]), (layer, both) =>
            sum.Add(LayerDistance.Measure(both.narrow(0, 0, first), both.narrow(0, first, second), net.Head(layer))));
        return sum.ToDistances();
    }

    // In bf16 a single small image would be convolved in another order than in a batch, so it is duplicated; in float32 the layers handle it.
    private void Run(Tensor images, Action<int, Tensor> show)
    {
        var trunk = Network.Trunk;
        if (network.Precision == ModelPrecision.Float32 || images.shape[0] > 1 || is_grad_enabled() || !trunk.IsSmall(images.shape[2], images.shape[3]))
            trunk.Run(Standardize(images), show);
        else
            trunk.Run(Standardize(images.expand(2, -1, -1, -1)), (layer, both) => show(layer, both.narrow(0, 0, 1).clone()));
    }

    private Tensor Standardize(Tensor images)                    // [B, 3, H, W] -> [B, 3, H, W]
    {
        var x = images.to(ScalarType.Float32, network.Device);
        if (range == PixelRange.ZeroToOne)
            x = (Real(2) * x) - Real(1);
        if (description.Standardizes)
            x = (x - PerChannel(description.Trunk.Shift)) / PerChannel(description.Trunk.Scale);
        return network.Precision == ModelPrecision.BFloat16 && !is_grad_enabled() ? x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : x;   // channels-last
    }

    private Tensor PerChannel(IReadOnlyList<float> values) => tensor([.. values], device: network.Device).view(1, 3, 1, 1);
}
