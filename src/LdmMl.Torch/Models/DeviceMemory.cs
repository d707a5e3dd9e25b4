using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models;

/// <summary>
/// Explains the failure of a network on a GPU, most often for lack of memory. The free memory there cannot be queried in advance: libtorch keeps
/// freed memory for itself, and neither TorchSharp nor the driver says how much.
/// </summary>
internal static class DeviceMemory
{
    /// <summary>Runs a network.</summary>
    /// <exception cref="InvalidOperationException">It failed on a GPU; the message says why, and what to do if memory ran out.</exception>
    public static Tensor Explain(Device device, Func<Tensor> run)
    {
        try
        {
            return run();
        }
        catch (ExternalException error) when (device.type != DeviceType.CPU)
        {
            // libtorch appends a C++ stack trace.
            throw new InvalidOperationException(
                $"The network failed on {device}: {error.Message.Split('\n', 2)[0].TrimEnd('.')}. If it is short of memory, compute fewer images at once "
                + "(BatchSize), make them smaller, or open the model as ModelPrecision.BFloat16.",
                error);
        }
    }
}
