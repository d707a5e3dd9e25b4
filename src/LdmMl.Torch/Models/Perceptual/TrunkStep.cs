namespace LdmMl.Torch.Models.Perceptual;

/// <summary>One layer of a trunk, with its index in torchvision's <c>features</c>.</summary>
/// <param name="Index">The index; the number in its keys.</param>
/// <param name="IsLayer">Whether the activation after it is one of the compared layers.</param>
internal abstract record TrunkStep(int Index, bool IsLayer)
{
    /// <summary>Returns the side of its output map for an input side; less than 1 if nothing is left.</summary>
    public abstract long Side(long side);

    /// <summary>Returns the channels of its output map for the given input channels.</summary>
    public abstract int Channels(int channels);
}
