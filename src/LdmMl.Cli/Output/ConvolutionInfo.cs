using LdmMl.Torch.Layers;

namespace LdmMl.Cli.Output;

/// <summary>The convolution mode of a model, and the memory of the transformed weights of fast convolutions in addition to its weights.</summary>
/// <param name="Mode">How it is configured: the value of <c>--convolutions</c>.</param>
/// <param name="MoreMegabytesForAuto">What is added once large images were computed in the mode auto.</param>
/// <param name="MoreMegabytesForExact">The same in the mode exact.</param>
internal sealed record ConvolutionInfo(string Mode, double MoreMegabytesForAuto, double MoreMegabytesForExact)
{
    /// <summary>Describes a model.</summary>
    /// <param name="mode">How it is configured.</param>
    /// <param name="transformedBytes">Computes what the transformed weights of a mode take.</param>
    public static ConvolutionInfo Of(ConvolutionMode mode, Func<ConvolutionMode, long> transformedBytes) => new(
        ConvolutionNames.Of(mode), transformedBytes(ConvolutionMode.Auto) / 1e6, transformedBytes(ConvolutionMode.Exact) / 1e6);

    public override string ToString() =>
        $"{Mode}; once used, transformed weights take {MoreMegabytesForAuto:F1} MB more in auto, {MoreMegabytesForExact:F1} MB more in exact";
}
