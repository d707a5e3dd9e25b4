namespace LdmMl.Torch.Models.Perceptual;

/// <summary>One layer of a trunk, with its index in torchvision's <c>features</c>.</summary>
/// <param name="Index">The index; the number in its keys.</param>
/// <param name="IsLayer">Whether the activation after it is one of the layers that distances are made of.</param>
internal abstract record TrunkStep(int Index, bool IsLayer)
{
    /// <summary>Gets the side of the map that it makes of one of a given side; less than 1 where there is nothing left.</summary>
    public abstract long Side(long side);

    /// <summary>Gets the channels of the map that it makes of one with a given number of channels.</summary>
    public abstract int Channels(int channels);
}
