using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual.Storage;
using LdmMl.Torch.Models.Sharing;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>LPIPS (<c>lpips</c>): a published trunk with the published heads, which were fitted to human judgements (Zhang et al. 2018).</summary>
public sealed class LpipsModel : PerceptualModel
{
    internal LpipsModel(NetworkHandle handle, PerceptualDescription description, string source, LoadReport report)
        : base(handle, description, source, report)
    {
    }

    /// <summary>Gets the version of the heads.</summary>
    public LpipsVersion Version => Description.Version!.Value;

    /// <summary>Opens a trunk and its heads: VGG-16, AlexNet or SqueezeNet 1.1, recognised by the keys.</summary>
    /// <param name="backbone">torchvision's file of the trunk (<c>.pth</c>, zip or legacy, or safetensors); its classifier is not needed.</param>
    /// <param name="heads">The file of the heads for this trunk (<c>lin0.model.1.weight</c> ...).</param>
    /// <param name="version">The version of the heads; the files do not contain it.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="CheckpointException">A file cannot be read, or its keys or shapes are not the network's; the message lists them.</exception>
    /// <example>
    /// <code>
    /// using var lpips = LpipsModel.Load("vgg16-397923af.pth", "vgg.pth");                     // ldmml weights download vgg
    /// using var distances = lpips.Distance(zeros(1, 3, 64, 64), ones(1, 3, 64, 64), PixelRange.ZeroToOne);   // [1]
    /// </code>
    /// </example>
    public static LpipsModel Load(string backbone, string heads, LpipsVersion version = LpipsVersion.V01)
    {
        ArgumentException.ThrowIfNullOrEmpty(backbone);
        ArgumentException.ThrowIfNullOrEmpty(heads);
        if (!Enum.IsDefined(version))
            throw new ArgumentOutOfRangeException(nameof(version), version, "Unknown version of LPIPS.");
        using var trunkWeights = CheckpointFile.Read(backbone);
        using var headWeights = CheckpointFile.Read(heads);
        var trunk = TrunkKeys.Identify(trunkWeights, backbone);
        using var weights = LpipsFiles.Combine(trunk, trunkWeights, backbone, headWeights, heads);
        return (LpipsModel)Open(new PerceptualDescription(trunk, version, trunk.Name), weights, $"{backbone} and {heads}");
    }
}
