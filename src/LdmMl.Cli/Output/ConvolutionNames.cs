using LdmMl.Torch.Layers;

namespace LdmMl.Cli.Output;

/// <summary>The names of convolution modes in files for machines.</summary>
internal static class ConvolutionNames
{
    public static string Of(ConvolutionMode mode) => mode.ToString().ToLowerInvariant();
}
