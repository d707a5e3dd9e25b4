using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Features;

/// <summary>
/// The trunk of a perceptual model as a feature model: the mean over the pixels of every channel of every layer, from the first to the deepest, or
/// for a residual network of the deepest alone.
/// For use without Inception's weights. Distances of these features are not FIDs and are comparable only with those of the same trunk.
/// </summary>
internal sealed class PerceptualFeatureModel : FeatureModel
{
    private PerceptualFeatureModel(NetworkHandle handle, PerceptualDescription description, string source, LoadReport report, string fingerprint)
        : base(handle, source, report, fingerprint) =>
        Description = description;

    /// <summary>Gets the description of the network.</summary>
    internal PerceptualDescription Description { get; }

    /// <inheritdoc/>
    public override string Name => $"{(Description.Trunk.DescribesByLast ? "last " : "")}mean activations of {Description.TrunkName}";

    /// <inheritdoc/>
    public override int Dimensions => Description.Trunk.FeatureCount;

    /// <inheritdoc/>
    public override int MinimumSize => Description.Trunk.MinimumSize;

    /// <inheritdoc/>
    public override string Caution =>
        $"The features are {Name}, uncalibrated and not Inception's: their distances are not FIDs, "
        + "and are comparable only with distances of the same features.";

    /// <summary>Creates a feature model from the trunk of a perceptual model, calibrated or not; its heads are not used.</summary>
    /// <param name="model">The model; still owned by the caller, and may be disposed before this.</param>
    /// <returns>The feature model, on the same device and in the same number format.</returns>
    public static PerceptualFeatureModel Create(PerceptualModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var fingerprint = WeightFingerprint.Of(model.Network.Trunk.state_dict());
        return new(model.ShareNetwork(typeof(PerceptualFeatureModel)), model.Description, model.Source, model.LoadReport, fingerprint);
    }

    /// <summary>Opens a trunk, or the one file of a perceptual model.</summary>
    /// <param name="path">The file, as for <see cref="PerceptualModel.LoadUncalibrated"/> or <see cref="PerceptualModel.Load"/>.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="CheckpointException">The file cannot be read, or holds no such network.</exception>
    public static new PerceptualFeatureModel Load(string path)
    {
        using var opened = PerceptualFiles.Open(path);
        return Create(opened);
    }

    private protected override FeatureModel Reopen(NetworkHandle other) =>
        new PerceptualFeatureModel(other, Description, Source, LoadReport, Fingerprint);

    private protected override nn.Module Convert(nn.Module network, Device device, ModelPrecision precision) =>
        ((PerceptualNetwork)network).Convert(Description, device, precision);

    private protected override Tensor Compute(Tensor images, PixelRange range) => Handle.Hold(() =>   // [B, 3, H, W] -> [B, sum of C]
    {
        using var scope = NewDisposeScope();
        using var activations = new PerceptualForward(Handle.Network, Description, range).Features(images);
        var described = Description.Trunk.DescribesByLast ? activations.Layers.TakeLast(1) : activations.Layers;
        return scope.MoveToOuter(cat([.. described.Select(layer => layer.to(ScalarType.Float32).contiguous().mean([2, 3]))], dim: 1));
    });
}
