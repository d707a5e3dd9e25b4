using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints;

/// <summary>The weights of a network that are views of a file, and so in memory only from their first use on.</summary>
internal static unsafe class MappedWeights
{
    /// <summary>Gives up their memory until they are next used. Nobody may be writing into them; what was written before stays.</summary>
    /// <param name="network">The network; weights that are not views of a file keep their memory.</param>
    public static void GiveUp(nn.Module network) => MappedFile.GiveUp(network.parameters().Where(IsWhole).Select(Extent));

    private static bool IsWhole(Tensor weight) => weight.device_type == DeviceType.CPU && weight.NumberOfElements > 0 && weight.is_contiguous();

    private static (nint Start, nint End) Extent(Tensor weight)
    {
        var start = (nint)TensorPointer.Of(weight);
        return (start, start + (nint)TensorMemory.ByteCount(weight));
    }
}
