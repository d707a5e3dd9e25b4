using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Sharing;

/// <summary>
/// An opened model: a handle to weights that several handles can share. Dispose every handle; the last one frees the weights.
/// All opened models derive from it. Its members are safe to call from several threads at once.
/// </summary>
/// <typeparam name="TModel">The model itself.</typeparam>
/// <example>
/// <code>
/// using var autoencoder = AutoencoderModel.Load("emoji-kl-f4");
/// using var exact = autoencoder.With(ConvolutionMode.Exact);                 // the same weights, no copy
/// using var small = autoencoder.To(torch.CPU, ModelPrecision.BFloat16);      // converted weights
/// </code>
/// </example>
public abstract class ModelHandle<TModel> : IDisposable
    where TModel : ModelHandle<TModel>
{
    private protected ModelHandle(NetworkHandle handle, string source, LoadReport loadReport)
    {
        Handle = handle;
        Source = source;
        LoadReport = loadReport;
    }

    /// <summary>Gets where the weights came from: a path, or a seed.</summary>
    public string Source { get; }

    /// <summary>Gets the report of loading.</summary>
    /// <value><see cref="LoadReport.Unexpected"/> are keys that the model does not need, such as those of a classifier or a discriminator.</value>
    public LoadReport LoadReport { get; }

    /// <summary>Gets where the weights are stored and the model computes.</summary>
    public Device Device => Handle.Network.Device;

    /// <summary>Gets the number format that the model computes in.</summary>
    public ModelPrecision Precision => Handle.Network.Precision;

    /// <summary>Gets how 3x3 convolutions are computed if the model runs on the CPU in float32.</summary>
    public ConvolutionMode Convolutions => Handle.Convolutions;

    /// <summary>Gets the number of parameters.</summary>
    public virtual long ParameterCount => Handle.Network.ParameterCount;

    internal NetworkHandle Handle { get; }

    /// <summary>Opens another handle to the same weights.</summary>
    /// <returns>The handle; dispose it like this one.</returns>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public TModel Share() => Reopen(Handle.Share());

    /// <summary>Opens another handle to the same weights with a different convolution mode.</summary>
    /// <param name="convolutions">How 3x3 convolutions are computed.</param>
    /// <returns>The handle; dispose it like this one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public TModel With(ConvolutionMode convolutions) => Reopen(Handle.With(convolutions));

    /// <summary>Moves the model to a device.</summary>
    /// <param name="device">The device to compute on.</param>
    /// <returns>A handle to copied weights, or to the same ones if the model is already on the device; dispose it like this one.</returns>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public TModel To(Device device) => To(device, Precision);

    /// <summary>Moves the model to a device and a number format.</summary>
    /// <param name="device">The device to compute on.</param>
    /// <param name="precision">The number format to compute in.</param>
    /// <returns>A handle to converted weights, or to the same ones if nothing changes; dispose it like this one.</returns>
    /// <exception cref="ArgumentException">There is no such format, or the model cannot compute in it.</exception>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public TModel To(Device device, ModelPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(device);
        Arguments.Check.Defined(precision);
        if (precision == Precision && device.type == Device.type && device.index == Device.index)
            return Share();
        return Handle.HoldWeights(network =>
            Reopen(Handle.On(new SharedNetwork(Convert(network, device, precision), device, precision))));
    }

    /// <summary>
    /// Computes how much memory the transformed weights that fast convolutions keep take at most, in addition to the weights. Layers of few channels
    /// keep them once they have processed a small image, for all handles; wide ones transform theirs again in every call.
    /// </summary>
    /// <param name="convolutions">How 3x3 convolutions would be computed.</param>
    /// <returns>Bytes; 0 if libtorch convolves in every mode: on a GPU, in bf16, on a processor without AVX2.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    public virtual long TransformedWeightBytes(ConvolutionMode convolutions) => Handle.TransformedBytes(convolutions);

    /// <summary>Holds the weights during a call that reads them.</summary>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    internal void HoldWeights(Action<nn.Module> call) => Handle.HoldWeights(call);

    /// <inheritdoc cref="SharedNetwork.Rest"/>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    internal void Rest() => Handle.Hold(Handle.Network.Rest);

    /// <summary>Closes this handle; the last handle to the weights frees them.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes this handle.</summary>
    /// <param name="disposing">Always true: there is no finalizer.</param>
    private protected virtual void Dispose(bool disposing) => Handle.Dispose();

    /// <summary>Creates the same model with another handle, which it then owns.</summary>
    private protected abstract TModel Reopen(NetworkHandle other);

    /// <summary>Copies a network to a device and a number format.</summary>
    private protected abstract nn.Module Convert(nn.Module network, Device device, ModelPrecision precision);
}
