using LdmMl.Torch.Arguments;

namespace LdmMl.Schemas;

/// <summary>Advice for images of the wrong size.</summary>
internal static class Resizing
{
    /// <summary>Gets a sentence.</summary>
    public static Wording Before { get; } = Wording.Either("Use ResizeImagesAntialiased first.", "Resize them first.");
}
