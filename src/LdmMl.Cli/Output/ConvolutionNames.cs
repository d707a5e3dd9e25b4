using LdmMl.Torch.Layers;

namespace LdmMl.Cli.Output;

/// <summary>How files for machines name a way to convolve.</summary>
internal static class ConvolutionNames
{
    public static string Of(ConvolutionMode mode) => mode.ToString().ToLowerInvariant();
}
