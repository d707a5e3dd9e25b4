namespace LdmMl.Torch.Models.Perceptual;

/// <content>Telling models apart.</content>
public abstract partial class PerceptualModel
{
    /// <summary>
    /// Gets a text that is equal for models that measure the same, and different for all others: name, number format and a hash of the weights.
    /// Scores compare only where it is equal.
    /// </summary>
    /// <value>Such as <c>LPIPS 0.1 (VGG-16), Float32, 3f2a90c4d15b7e68</c>; the same on every machine and in every file format.</value>
    public string Fingerprint => handle.Hold(() => $"{Name}, {Precision}, {Network.WeightsHash}");
}
