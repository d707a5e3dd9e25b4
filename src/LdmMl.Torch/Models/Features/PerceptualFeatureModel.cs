using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Features;

/// <summary>
/// The trunk of a perceptual model as a feature model: the mean over the pixels of every channel of every layer, from the first to the deepest.
/// For where Inception's weights are not at hand. Distances of these features are no FID and compare only with those of the same trunk.
/// </summary>
public sealed class PerceptualFeatureModel : FeatureModel
{
    private readonly PerceptualModel model;

    private PerceptualFeatureModel(PerceptualModel owned, string fingerprint)
    {
        model = owned;
        Fingerprint = fingerprint;
        Dimensions = owned.Trunk.LayerChannels.Sum();
    }

    /// <inheritdoc/>
    public override string Name => $"mean activations of {model.Description.TrunkName}";

    /// <inheritdoc/>
    public override int Dimensions { get; }

    /// <inheritdoc/>
    public override int MinimumSize => model.MinimumSize;

    /// <inheritdoc/>
    public override string Source => model.Source;

    /// <inheritdoc/>
    public override string Fingerprint { get; }

    /// <inheritdoc/>
    public override string Caution =>
        $"The features are {Name}, uncalibrated and not Inception's: their distances are no FID, "
        + "and compare only with distances of the same features.";

    /// <inheritdoc/>
    public override Device Device => model.Device;

    /// <inheritdoc/>
    public override ConvolutionMode Convolutions => model.Convolutions;

    /// <summary>Takes the trunk of a perceptual model, calibrated or not; its heads are not used.</summary>
    /// <param name="model">The model; it stays the caller's, and may be disposed before this.</param>
    /// <returns>The feature model, on the same device and in the same number format.</returns>
    public static PerceptualFeatureModel Create(PerceptualModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var shared = model.Share();
        return new PerceptualFeatureModel(shared, WeightFingerprint.Of(shared.Network.Trunk.state_dict()));
    }

    /// <summary>Opens a trunk, or the one file of a perceptual model.</summary>
    /// <param name="path">The file, as for <see cref="UncalibratedPerceptualModel.Load"/> or <see cref="PerceptualModel.Load"/>.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="Checkpoints.CheckpointException">The file cannot be read, or holds no such network.</exception>
    public static new PerceptualFeatureModel Load(string path)
    {
        using var opened = PerceptualFiles.Open(path);
        return Create(opened);
    }

    /// <inheritdoc/>
    public override long TransformedWeightBytes(ConvolutionMode convolutions) => model.TransformedWeightBytes(convolutions);

    private protected override FeatureModel Open(ConvolutionMode convolutions) => new PerceptualFeatureModel(model.With(convolutions), Fingerprint);

    private protected override FeatureModel Copy(Device device) => new PerceptualFeatureModel(model.To(device, model.Precision), Fingerprint);

    private protected override Tensor Compute(Tensor images, PixelRange range)   // [B, 3, H, W] -> [B, sum of C]
    {
        using var scope = NewDisposeScope();
        using var activations = model.Features(images, range);
        return scope.MoveToOuter(cat([.. activations.Layers.Select(layer => layer.to(ScalarType.Float32).contiguous().mean([2, 3]))], dim: 1));
    }

    private protected override void Dispose(bool disposing) => model.Dispose();
}
