using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>
/// An opened network that measures how different two images look (Zhang et al. 2018). Safe to use from several threads at once.
/// A handle on weights that handles share: dispose every handle; the last one frees the weights.
/// </summary>
/// <remarks>
/// It is no module: a module that holds one neither trains it nor switches it to training. Its weights are frozen; gradients flow to the images,
/// so that it is a training loss too. A pair's distance is the same to the last bit whatever else is in its batch and however large the batch is.
/// </remarks>
public abstract partial class PerceptualModel : IDisposable
{
    private readonly NetworkHandle handle;

    private protected PerceptualModel(NetworkHandle handle, PerceptualDescription description, string source, LoadReport loadReport)
    {
        this.handle = handle;
        Description = description;
        Source = source;
        LoadReport = loadReport;
    }

    /// <summary>Gets what it measures and with which network: <c>LPIPS 0.1 (VGG-16)</c>, or <c>uncalibrated perceptual distance (emoji-vgg)</c>.</summary>
    public string Name => Description.Name;

    /// <summary>Gets whether its layers have heads that were fitted to people's judgements; only then it is LPIPS.</summary>
    public bool IsCalibrated => Description.IsCalibrated;

    /// <summary>Gets the shape of the network.</summary>
    public PerceptualTrunkConfig Trunk => Description.Trunk;

    /// <summary>Gets the names of the layers that a distance is the sum of.</summary>
    public IReadOnlyList<string> LayerNames => Trunk.LayerNames;

    /// <summary>Gets the smallest side of an image that it can measure, in pixels.</summary>
    public int MinimumSize => Trunk.MinimumSize;

    /// <summary>Gets how many numbers the network has learnt, heads included.</summary>
    public long ParameterCount => handle.Network.ParameterCount;

    /// <summary>Gets where the weights came from.</summary>
    public string Source { get; }

    /// <summary>Gets what loading found in the files; <see cref="LoadReport.Unexpected"/> are keys that are not needed, such as those of a classifier.</summary>
    public LoadReport LoadReport { get; }

    /// <summary>Gets the number format that the trunk computes in; normalisation, differences and heads are float32 in either.</summary>
    public ModelPrecision Precision => handle.Network.Precision;

    /// <summary>Gets how 3x3 convolutions are computed, where the trunk runs on the CPU in float32 and no gradient is wanted.</summary>
    public ConvolutionMode Convolutions => handle.Convolutions;

    /// <summary>Gets where the weights live.</summary>
    public Device Device => handle.Network.Device;

    internal PerceptualDescription Description { get; }

    /// <summary>Measures how different the images of each pair look, or one image from each of many.</summary>
    /// <param name="images">Images [B, 3, H, W], float32, in <paramref name="range"/>; H and W at least <see cref="MinimumSize"/>. One image
    /// [1, 3, H, W] is compared with each of the others; its activations are computed once.</param>
    /// <param name="others">Images [B, 3, H, W] of the same size and range.</param>
    /// <param name="range">The range of the pixel values. The original's <c>normalize=True</c> is <see cref="PixelRange.ZeroToOne"/>.</param>
    /// <returns>Distances [B], float32, on the images' device; 0 means identical. Part of the graph where a side requires gradients. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">A tensor has another shape or type, or the images are too small.</exception>
    public Tensor Distance(Tensor images, Tensor others, PixelRange range)
    {
        using var distances = Distances(images, others, range);
        return distances.Total.alias();
    }

    /// <summary>Measures the pairs in all and by layer.</summary>
    /// <param name="images">Images as for <see cref="Distance(Tensor, Tensor, PixelRange)"/>.</param>
    /// <param name="others">Images of the same shape and range.</param>
    /// <param name="range">The range of the pixel values.</param>
    /// <param name="spatial">Whether to make the map of where they differ, too.</param>
    /// <returns>The distances; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">A tensor has another shape or type, or the images are too small.</exception>
    public PerceptualDistances Distances(Tensor images, Tensor others, PixelRange range, bool spatial = false)
    {
        PerceptualArguments.CheckImages(images, range, Trunk, nameof(images));
        PerceptualArguments.CheckImages(others, range, Trunk, nameof(others));
        PerceptualArguments.CheckPair(images, others, nameof(others));
        return handle.Hold(() => Forward(range).Compare(images, others, spatial));
    }

    /// <summary>Computes the activations of references that are compared with many candidates, so that it is done once. No gradient flows to them.</summary>
    /// <remarks>For a training loss compute them with <see cref="ConvolutionMode.Direct"/>, as candidates that require gradients are.</remarks>
    /// <param name="images">Images as for <see cref="Distance(Tensor, Tensor, PixelRange)"/>.</param>
    /// <param name="range">The range of the pixel values.</param>
    /// <returns>The activations; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">The tensor has another shape or type, or the images are too small.</exception>
    public PerceptualFeatures Features(Tensor images, PixelRange range)
    {
        PerceptualArguments.CheckImages(images, range, Trunk, nameof(images));
        return handle.Hold(() => Forward(range).Features(images));
    }

    /// <summary>Measures how different candidates look from a reference.</summary>
    /// <param name="reference">The activations of as many images as there are candidates, or of one that is compared with each; made by this model.</param>
    /// <param name="others">Images [B, 3, H, W] of the reference's size.</param>
    /// <param name="range">The range of the candidates' pixel values.</param>
    /// <returns>Distances [B], as for two tensors. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">A tensor has another shape or type, or the features are of another model.</exception>
    public Tensor Distance(PerceptualFeatures reference, Tensor others, PixelRange range)
    {
        using var distances = Distances(reference, others, range);
        return distances.Total.alias();
    }

    /// <summary>Measures candidates against a reference in all and by layer.</summary>
    /// <param name="reference">The activations as for <see cref="Distance(PerceptualFeatures, Tensor, PixelRange)"/>.</param>
    /// <param name="others">Images [B, 3, H, W] of the reference's size.</param>
    /// <param name="range">The range of the candidates' pixel values.</param>
    /// <param name="spatial">Whether to make the map of where they differ, too.</param>
    /// <returns>The distances; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">A tensor has another shape or type, or the features are of another model.</exception>
    public PerceptualDistances Distances(PerceptualFeatures reference, Tensor others, PixelRange range, bool spatial = false)
    {
        PerceptualArguments.CheckImages(others, range, Trunk, nameof(others));
        PerceptualArguments.CheckReference(reference, handle.Network, others, nameof(others));
        return handle.Hold(() => Forward(range).Compare(reference, others, spatial));
    }

    /// <summary>Opens another handle on the same weights.</summary>
    /// <returns>The handle; dispose it like this one.</returns>
    public PerceptualModel Share() => With(Convolutions);

    /// <summary>Opens another handle on the same weights that convolves otherwise.</summary>
    /// <param name="convolutions">How 3x3 convolutions are computed.</param>
    /// <returns>The handle; dispose it like this one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    public PerceptualModel With(ConvolutionMode convolutions) => Open(handle.With(convolutions), Description, Source, LoadReport);

    /// <inheritdoc cref="Autoencoders.AutoencoderModel.TransformedWeightBytes(ConvolutionMode)"/>
    public long TransformedWeightBytes(ConvolutionMode convolutions) => handle.TransformedBytes(convolutions);

    /// <summary>Moves to a device and a number format.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">The number format of the trunk; normalisation, differences and heads stay float32.</param>
    /// <returns>A handle on converted weights, or on the same ones where nothing changes; dispose it like this one.</returns>
    public PerceptualModel To(Device device, ModelPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (precision == Precision && device.type == Device.type && device.index == Device.index)
            return Share();
        return handle.Hold(() =>
        {
            var converted = Network.Convert(Description, device, precision);
            return Open(handle.On(new SharedNetwork(converted, device, precision)), Description, Source, LoadReport);
        });
    }

    /// <summary>Says in one line what it is.</summary>
    /// <returns>Such as <c>LPIPS 0.1 (VGG-16), 14,716,160 parameters, Float32 on cpu, from vgg.pth</c>.</returns>
    public override string ToString() =>
        ModelText.Of(Name, ParameterCount, Precision, Device, Source);

    /// <inheritdoc/>
    public void Dispose()
    {
        handle.Dispose();
        GC.SuppressFinalize(this);
    }

    internal PerceptualNetwork Network => (PerceptualNetwork)handle.Network.Module;

    private PerceptualForward Forward(PixelRange range) => new(handle.Network, Description, range);
}
