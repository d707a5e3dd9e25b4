using LdmMl.Torch.Layers;

namespace LdmMl.Cli.Output;

/// <summary>What the tool calls the ways to convolve, on the command line and in what it writes.</summary>
internal static class ConvolutionNames
{
    private static readonly Dictionary<string, ConvolutionMode> Modes = Enum.GetValues<ConvolutionMode>().ToDictionary(Of, StringComparer.Ordinal);

    public static IReadOnlyCollection<string> All => Modes.Keys;

    public static string Of(ConvolutionMode mode) => mode.ToString().ToLowerInvariant();

    public static ConvolutionMode Parse(string name) => Modes[name];
}
