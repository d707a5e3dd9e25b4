using LdmMl.Torch.Layers;

namespace LdmMl.Torch.Models.Sharing;

/// <summary>Checks a <see cref="ConvolutionMode"/> given to a model or an option.</summary>
internal static class ConvolutionArguments
{
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    public static void Check(ConvolutionMode convolutions, string name)
    {
        if (!Enum.IsDefined(convolutions))
            throw new ArgumentOutOfRangeException(name, convolutions, "There is no such convolution mode; use Auto, Exact or Direct.");
    }
}
