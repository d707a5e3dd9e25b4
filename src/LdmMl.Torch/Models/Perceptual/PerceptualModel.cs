using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Perceptual.Storage;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>
/// An opened network that measures how different two images look (Zhang et al. 2018): LPIPS (<c>lpips</c>) if it has the published heads, which
/// were fitted to human judgements; otherwise every channel has the same weight, and the distance is uncalibrated: it ranks distortions, but its
/// values are comparable only with each other. Safe to use from several threads at once.
/// A handle to weights that several handles can share: dispose every handle; the last one frees the weights.
/// </summary>
/// <remarks>
/// It is not a module: a module that has one as a field neither trains it nor switches it to training. Its weights are frozen; gradients flow to the
/// images, so it can be a training loss too. A pair's distance is the same to the last bit whatever else is in its batch and however large the batch
/// is. Only the trunk computes in bf16; normalisation, differences and heads are float32 in either precision.
/// </remarks>
/// <example>
/// <code>
/// using var lpips = PerceptualModel.LoadLpips("vgg16-397923af.pth", "vgg.pth");                  // ldmml weights download vgg
/// using var distances = lpips.Distance(images, images, PixelRange.MinusOneToOne);   // [B]
/// </code>
/// </example>
public sealed class PerceptualModel : ModelHandle<PerceptualModel>
{
    private PerceptualModel(NetworkHandle handle, PerceptualDescription description, string source, LoadReport loadReport)
        : base(handle, source, loadReport) =>
        Description = description;

    /// <summary>
    /// Gets the name of its distance and network: <c>LPIPS 0.1 (VGG-16)</c>, or <c>uncalibrated perceptual distance (emoji-vgg)</c>.
    /// </summary>
    public string Name => Description.Name;

    /// <summary>Gets whether its layers have heads that were fitted to human judgements; only then is it LPIPS.</summary>
    public bool IsCalibrated => Description.IsCalibrated;

    /// <summary>Gets the version of LPIPS' heads; null where the distance is uncalibrated.</summary>
    public LpipsVersion? Version => Description.Version;

    /// <summary>Gets the shape of the network.</summary>
    internal PerceptualTrunkConfig Trunk => Description.Trunk;

    /// <summary>Gets the names of the layers over which a distance is summed.</summary>
    public IReadOnlyList<string> LayerNames => Trunk.LayerNames;

    /// <summary>Gets the smallest side of an image that it can measure, in pixels.</summary>
    public int MinimumSize => Trunk.MinimumSize;

    /// <summary>
    /// Gets a string that identifies what is measured: name, number format and a hash of the weights.
    /// Only scores with equal fingerprints are comparable.
    /// </summary>
    /// <value>Such as <c>LPIPS 0.1 (VGG-16), Float32, 3f2a90c4d15b7e68</c>; the same on every machine and in every file format.</value>
    public string Fingerprint => Handle.Hold(() => $"{Name}, {Precision}, {Network.WeightsHash}");

    internal PerceptualDescription Description { get; }

    internal PerceptualNetwork Network => (PerceptualNetwork)Handle.Network.Module;

    /// <summary>Opens a file written by <see cref="Save"/>: LPIPS or an uncalibrated distance, depending on the file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="CheckpointException">It is not such a file, is damaged, or its keys are not those of its network.</exception>
    public static PerceptualModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = InstalledModels.Resolve(path, InstalledModelKind.Perceptual);
        if (!Path.Exists(path))
            throw InstalledModels.Missing(path, InstalledModelKind.Perceptual);
        using var weights = StateDictionary.Read(path);
        return Open(CombinedFile.Describe(weights, path), weights, path);
    }

    /// <summary>Opens LPIPS: a trunk and its heads, of VGG-16, AlexNet or SqueezeNet 1.1, recognised by the keys.</summary>
    /// <param name="backbone">torchvision's file of the trunk (<c>.pth</c>, zip or legacy, or safetensors); its classifier is not needed.</param>
    /// <param name="heads">The file of the heads for this trunk (<c>lin0.model.1.weight</c> ...).</param>
    /// <param name="version">The version of the heads; the files do not say it.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="CheckpointException">A file cannot be read, or its keys or shapes are not the network's; the message lists them.</exception>
    public static PerceptualModel LoadLpips(string backbone, string heads, LpipsVersion version = LpipsVersion.V01)
    {
        ArgumentException.ThrowIfNullOrEmpty(backbone);
        ArgumentException.ThrowIfNullOrEmpty(heads);
        if (!Enum.IsDefined(version))
            throw new ArgumentOutOfRangeException(nameof(version), version, "Unknown version of LPIPS.");
        using var trunkWeights = StateDictionary.Read(backbone);
        using var headWeights = StateDictionary.Read(heads);
        var trunk = TrunkKeys.Identify(trunkWeights, backbone);
        using var weights = LpipsFiles.Combine(trunk, trunkWeights, backbone, headWeights, heads);
        return Open(new PerceptualDescription(trunk, version, trunk.Name), weights, $"{backbone} and {heads}");
    }

    /// <summary>
    /// Opens a trunk without heads: VGG-16, AlexNet, SqueezeNet 1.1, or one in VGG's style with any channel plan, recognised by the keys.
    /// </summary>
    /// <param name="backbone">The file of the trunk (<c>features.N.weight</c>), a PyTorch checkpoint or safetensors; a classifier in it is not
    /// needed.</param>
    /// <param name="name">The name of the trunk; null for the one in the file, or else the file's or the network's name.</param>
    /// <returns>The model, on the CPU in float32. It standardises images as LPIPS 0.1 does.</returns>
    /// <exception cref="CheckpointException">The file cannot be read, or holds no such trunk; the message lists the keys.</exception>
    public static PerceptualModel LoadUncalibrated(string backbone, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(backbone);
        using var weights = StateDictionary.Read(backbone);
        var trunk = TrunkKeys.Identify(weights, backbone);
        name ??= CombinedFile.TrunkName(weights) ?? (TrunkKeys.HasNameOfItsOwn(trunk) ? trunk.Name : Path.GetFileNameWithoutExtension(backbone));
        return Open(new PerceptualDescription(trunk, Version: null, name), weights, backbone);
    }

    /// <summary>Reads the file written by <see cref="Write"/>.</summary>
    internal static PerceptualModel Read(Stream stream, string source)
    {
        using var weights = SafetensorsFile.Read(stream, source);
        return Open(CombinedFile.Describe(weights, source), weights, source);
    }

    /// <summary>Writes one safetensors file with the trunk, the heads, and their description.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Write);
    }

    /// <summary>Writes the same file to a stream, which stays open.</summary>
    internal void Write(Stream stream) => Handle.Hold(() => CombinedFile.Write(stream, Network, Description));

    /// <summary>Measures how different the images of each pair look, or one image and each of many others.</summary>
    /// <param name="images">Images [B, 3, H, W], float32, in <paramref name="range"/>; H and W at least <see cref="MinimumSize"/>. One image
    /// [1, 3, H, W] is compared with each of the others; its activations are computed once.</param>
    /// <param name="others">Images [B, 3, H, W] of the same size and range.</param>
    /// <param name="range">The range of the pixel values. The original's <c>normalize=True</c> is <see cref="PixelRange.ZeroToOne"/>.</param>
    /// <returns>Distances [B], float32, on the images' device; 0 means identical. Part of the autograd graph if a side requires gradients. The caller
    /// disposes it.</returns>
    /// <exception cref="ArgumentException">A tensor has another shape or type, or the images are too small.</exception>
    public Tensor Distance(Tensor images, Tensor others, PixelRange range)
    {
        using var distances = Distances(images, others, range);
        return distances.Total.alias();
    }

    /// <summary>Measures the pairs in total and by layer.</summary>
    /// <param name="images">Images as for <see cref="Distance(Tensor, Tensor, PixelRange)"/>.</param>
    /// <param name="others">Images of the same shape and range.</param>
    /// <param name="range">The range of the pixel values.</param>
    /// <param name="spatial">Whether to also compute the map of differences.</param>
    /// <returns>The distances; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">A tensor has another shape or type, or the images are too small.</exception>
    public PerceptualDistances Distances(Tensor images, Tensor others, PixelRange range, bool spatial = false)
    {
        PerceptualArguments.CheckImages(images, range, Trunk, nameof(images));
        PerceptualArguments.CheckImages(others, range, Trunk, nameof(others));
        PerceptualArguments.CheckPair(images, others, nameof(others));
        return Handle.Hold(() => Forward(range).Compare(images, others, spatial));
    }

    /// <summary>Computes the activations of references once, to compare them with many candidates. No gradient flows to them.</summary>
    /// <remarks>For a training loss compute them with <see cref="ConvolutionMode.Direct"/>, as candidates that require gradients are.</remarks>
    /// <param name="images">Images as for <see cref="Distance(Tensor, Tensor, PixelRange)"/>.</param>
    /// <param name="range">The range of the pixel values.</param>
    /// <returns>The activations; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">The tensor has another shape or type, or the images are too small.</exception>
    public PerceptualFeatures Features(Tensor images, PixelRange range)
    {
        PerceptualArguments.CheckImages(images, range, Trunk, nameof(images));
        return Handle.Hold(() => Forward(range).Features(images));
    }

    /// <summary>Measures how different candidates look from a reference.</summary>
    /// <param name="reference">The activations of as many images as there are candidates, or of one that is compared with each; made by this
    /// model.</param>
    /// <param name="others">Images [B, 3, H, W] of the reference's size.</param>
    /// <param name="range">The range of the candidates' pixel values.</param>
    /// <returns>Distances [B], as for two tensors. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">A tensor has another shape or type, or the features come from a different model.</exception>
    public Tensor Distance(PerceptualFeatures reference, Tensor others, PixelRange range)
    {
        using var distances = Distances(reference, others, range);
        return distances.Total.alias();
    }

    /// <summary>Measures candidates against a reference in total and by layer.</summary>
    /// <param name="reference">The activations as for <see cref="Distance(PerceptualFeatures, Tensor, PixelRange)"/>.</param>
    /// <param name="others">Images [B, 3, H, W] of the reference's size.</param>
    /// <param name="range">The range of the candidates' pixel values.</param>
    /// <param name="spatial">Whether to also compute the map of differences.</param>
    /// <returns>The distances; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">A tensor has another shape or type, or the features come from a different model.</exception>
    public PerceptualDistances Distances(PerceptualFeatures reference, Tensor others, PixelRange range, bool spatial = false)
    {
        PerceptualArguments.CheckImages(others, range, Trunk, nameof(others));
        PerceptualArguments.CheckReference(reference, Handle.Network, others, nameof(others));
        return Handle.Hold(() => Forward(range).Compare(reference, others, spatial));
    }

    /// <summary>Opens another handle to the network for a model of another kind, under its own name in messages.</summary>
    internal NetworkHandle ShareNetwork(Type owner) => Handle.Share(owner);

    private static PerceptualModel Open(PerceptualDescription description, StateDictionary weights, string source)
    {
        var module = new PerceptualNetwork(description.Trunk, description.IsCalibrated);
        try
        {
            var report = ModuleWeights.Load(module, weights, source, TrunkKeys.Classifier);
            var handle = new NetworkHandle(new SharedNetwork(module, CPU, ModelPrecision.Float32), typeof(PerceptualModel));
            return new PerceptualModel(handle, description, source, report);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>Describes it in one line.</summary>
    /// <returns>Such as <c>LPIPS 0.1 (VGG-16), 14,716,160 parameters, Float32 on cpu, from vgg.pth</c>.</returns>
    public override string ToString() =>
        ModelText.Of(Name, ParameterCount, Precision, Device, Source);

    private protected override PerceptualModel Reopen(NetworkHandle other) => new PerceptualModel(other, Description, Source, LoadReport);

    private protected override nn.Module Convert(nn.Module network, Device device, ModelPrecision precision) =>
        ((PerceptualNetwork)network).Convert(Description, device, precision);

    private PerceptualForward Forward(PixelRange range) => new(Handle.Network, Description, range);
}
