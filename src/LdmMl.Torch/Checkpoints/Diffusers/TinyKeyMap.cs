using System.Globalization;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>
/// The keys of a tiny autoencoder in both naming schemes: TAESD (<c>decoder.1.weight</c>; its published files omit the first word)
/// and diffusers (<c>decoder.layers.0.weight</c>, where the decoder's clamp is not a layer and the numbers are one lower).
/// </summary>
internal static class TinyKeyMap
{
    /// <summary>Determines whether keys are in diffusers' naming.</summary>
    public static bool IsDiffusers(IEnumerable<string> keys) => keys.Any(key => key.Split('.') is ["encoder" or "decoder", "layers", ..]);

    /// <summary>Returns the diffusers key for a TAESD key.</summary>
    public static string ToDiffusers(string key) => key.Split('.') switch
    {
        ["encoder", var layer, .. var rest] when IsNumber(layer) => $"encoder.layers.{layer}.{string.Join('.', rest)}",
        ["decoder", var layer, .. var rest] when IsNumber(layer) => $"decoder.layers.{Shift(layer, -1)}.{string.Join('.', rest)}",
        _ => key,
    };

    /// <summary>Returns the TAESD key for a diffusers key.</summary>
    public static string ToTaesd(string key) => key.Split('.') switch
    {
        ["encoder", "layers", var layer, .. var rest] when IsNumber(layer) => $"encoder.{layer}.{string.Join('.', rest)}",
        ["decoder", "layers", var layer, .. var rest] when IsNumber(layer) => $"decoder.{Shift(layer, 1)}.{string.Join('.', rest)}",
        _ => key,
    };

    private static bool IsNumber(string text) => text.Length is > 0 and < 5 && text.All(char.IsAsciiDigit);

    private static string Shift(string layer, int by) =>
        (int.Parse(layer, CultureInfo.InvariantCulture) + by).ToString(CultureInfo.InvariantCulture);
}
