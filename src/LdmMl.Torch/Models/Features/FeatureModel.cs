using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Features;

/// <summary>
/// An opened network that describes an image by one vector, for distances between sets of images. Always in evaluation mode and frozen; safe to use
/// from several threads at once. A handle to weights that several handles can share: dispose every handle; the last one frees the weights.
/// </summary>
/// <remarks>A row's features are the same to the last bit whatever else is in its batch and however large the batch is.</remarks>
/// <example>
/// <code>
/// using var inception = FeatureModel.Load("pt_inception-2015-12-05-6726825d.pth");
/// Console.WriteLine(inception.Caution ?? "These are the published weights.");
/// using var features = inception.Features(images, PixelRange.MinusOneToOne);         // [B, 2048]
/// </code>
/// </example>
public abstract class FeatureModel : ModelHandle<FeatureModel>
{
    private protected FeatureModel(NetworkHandle handle, string source, LoadReport report, string fingerprint)
        : base(handle, source, report) =>
        Fingerprint = fingerprint;

    /// <summary>Gets the name of the features, such as <c>Inception-v3 pool3</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the length of a feature vector.</summary>
    public abstract int Dimensions { get; }

    /// <summary>Gets the smallest image side that it accepts, in pixels.</summary>
    public abstract int MinimumSize { get; }

    /// <summary>
    /// Gets the SHA-256 of the weights' names, shapes and float32 values, in hexadecimal: two models with the same fingerprint compute the same
    /// features.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>
    /// Gets whether a Fréchet distance of these features is a Fréchet Inception distance (FID). Only that of Inception's features is.
    /// </summary>
    public virtual bool IsInception => false;

    /// <summary>Gets a caveat for figures computed with these features, or null for none.</summary>
    public virtual string? Caution => null;

    /// <summary>Opens a file of either kind: the published Inception weights, or a perceptual network.</summary>
    /// <param name="path">The file, or the name of an installed perceptual network, such as <c>emoji</c>, or <c>resnet18-cntk</c> once
    /// <c>ldmml weights convert</c> has made it.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="CheckpointException">The file cannot be read, or holds neither.</exception>
    public static FeatureModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = InstalledModels.Resolve(path, InstalledModelKind.Perceptual);
        if (!Path.Exists(path))
            throw InstalledModels.Missing(path, InstalledModelKind.Perceptual);
        using var weights = StateDictionary.Read(path);
        if (weights.Keys.Any(key => key.StartsWith("Conv2d_1a_3x3.", StringComparison.Ordinal)))
            return InceptionFeatureModel.Load(path);
        return weights.ContainsKey("features.0.weight")
            ? PerceptualFeatureModel.Load(path)
            : throw new CheckpointException(
                path,
                "it holds neither Inception's weights ('Conv2d_1a_3x3.conv.weight' ...) nor a perceptual network ('features.0.weight' ...); "
                + $"its first key is '{weights.Keys.FirstOrDefault()}'.");
    }

    /// <summary>
    /// Creates a feature model from the trunk of a perceptual model: the mean of every channel of every layer, without the heads.
    /// </summary>
    /// <param name="model">The model; still owned by the caller, and may be disposed before this.</param>
    /// <returns>The feature model, on the same device and in the same number format.</returns>
    public static FeatureModel FromTrunk(PerceptualModel model) => PerceptualFeatureModel.Create(model);

    /// <summary>Describes images. No gradient flows.</summary>
    /// <param name="images">Images [B, 3, H, W], float32; H and W at least <see cref="MinimumSize"/>.</param>
    /// <param name="range">The range of their values.</param>
    /// <returns>Features [B, <see cref="Dimensions"/>], float32, on the images' device. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The images have another shape or type.</exception>
    /// <exception cref="InvalidDataException">A feature is not finite.</exception>
    public Tensor Features(Tensor images, PixelRange range)
    {
        FeatureArguments.Check(images, range, MinimumSize);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var input = images.to(ScalarType.Float32, Device).contiguous();
        var count = input.shape[0];

        // libtorch computes a single image with other algorithms, whose sums differ in the last bits.
        var features = Compute(count == 1 ? input.expand(2, -1, -1, -1).contiguous() : input, range).narrow(0, 0, count);
        FeatureArguments.CheckFinite(features, images, Name);
        return scope.MoveToOuter(features.to(ScalarType.Float32, images.device, copy: true).contiguous());
    }

    /// <summary>Describes it in one line.</summary>
    /// <returns>Such as <c>Inception-v3 pool3, 2,048 features, on cpu, from inception.pth</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Name}, {Dimensions:N0} features, on {Device}, from {Source}");

    private protected abstract Tensor Compute(Tensor images, PixelRange range);   // [B, 3, H, W], B at least 2 -> [B, D]
}
