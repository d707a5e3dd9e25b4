using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>A layer whose convolution Winograd's algorithm may take.</summary>
internal interface IFastConvolution
{
    /// <summary>Gets whether Winograd's algorithm can take it.</summary>
    bool CanBeFast { get; }

    /// <summary>Gets the weights, [Cout, Cin, h, w].</summary>
    Tensor Weight { get; }
}
