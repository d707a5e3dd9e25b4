using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual.Storage;
using LdmMl.Torch.Models.Sharing;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>
/// A trunk without heads: every channel has the same weight. It ranks distortions, but it was not fitted to human judgements:
/// its values are not LPIPS and are comparable only with each other.
/// </summary>
public sealed class UncalibratedPerceptualModel : PerceptualModel
{
    internal UncalibratedPerceptualModel(NetworkHandle handle, PerceptualDescription description, string source, LoadReport report)
        : base(handle, description, source, report)
    {
    }

    /// <summary>Opens a trunk: VGG-16, AlexNet, SqueezeNet 1.1, or one in VGG's style with any channel plan, recognised by the keys.</summary>
    /// <param name="backbone">The file of the trunk (<c>features.N.weight</c>), a PyTorch checkpoint or safetensors; a classifier in it is not
    /// needed.</param>
    /// <param name="name">The name of the trunk; null for the one in the file, or else the file's or the network's name.</param>
    /// <returns>The model, on the CPU in float32. It standardises images as LPIPS 0.1 does.</returns>
    /// <exception cref="CheckpointException">The file cannot be read, or holds no such trunk; the message lists the keys.</exception>
    /// <example>
    /// <code>
    /// using var distance = UncalibratedPerceptualModel.Load("vgg16-397923af.pth");
    /// Console.WriteLine(distance.Name);
    /// </code>
    /// </example>
    public static UncalibratedPerceptualModel Load(string backbone, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(backbone);
        using var weights = CheckpointFile.Read(backbone);
        var trunk = TrunkKeys.Identify(weights, backbone);
        return (UncalibratedPerceptualModel)Open(new PerceptualDescription(trunk, Version: null, name ?? CombinedFile.TrunkName(weights) ?? Label(trunk, backbone)), weights, backbone);
    }

    private static string Label(PerceptualTrunkConfig trunk, string backbone) =>
        TrunkKeys.HasNameOfItsOwn(trunk) ? trunk.Name : Path.GetFileNameWithoutExtension(backbone);
}
