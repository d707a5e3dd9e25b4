using LdmMl.Torch.Kernels.Winograd;

namespace LdmMl.Torch.Layers;

/// <summary>Which tiles a 3x3 convolution and its gradients are computed with in a training step.</summary>
/// <param name="Forward">Those of the results.</param>
/// <param name="OfInput">Those of the input's gradient.</param>
/// <param name="OfWeight">Those of the filters' gradient.</param>
/// <param name="Doubles">Whether the input is doubled by nearest-neighbour upsampling first.</param>
internal sealed record ConvolutionPlan(WinogradTile Forward, WinogradTile OfInput, WinogradTile OfWeight, bool Doubles);
