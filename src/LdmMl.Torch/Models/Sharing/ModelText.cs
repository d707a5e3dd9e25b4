namespace LdmMl.Torch.Models.Sharing;

/// <summary>A one-line description of an opened model.</summary>
internal static class ModelText
{
    /// <summary>Appends what is common to all models to a description.</summary>
    public static string Of(string what, long parameters, ModelPrecision precision, TorchSharp.torch.Device device, string source) =>
        FormattableString.Invariant($"{what}, {parameters:N0} parameters, {precision} on {device}, from {source}");
}
