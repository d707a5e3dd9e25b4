namespace LdmMl.Torch.Models.Sharing;

/// <summary>One line about an opened model.</summary>
internal static class ModelText
{
    /// <summary>Puts what is common to all models behind what it is.</summary>
    public static string Of(string what, long parameters, ModelPrecision precision, TorchSharp.torch.Device device, string source) =>
        FormattableString.Invariant($"{what}, {parameters:N0} parameters, {precision} on {device}, from {source}");
}
