using LdmMl.Torch.Arguments;

namespace LdmMl.Schemas;

/// <summary>What helps against images of the wrong size, in words.</summary>
internal static class Resizing
{
    /// <summary>Gets a sentence.</summary>
    public static Wording Before { get; } = Wording.Either("Put ResizeImagesAntialiased before.", "Resize them first.");
}
