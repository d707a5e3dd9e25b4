namespace LdmMl.Torch.Models.UNets.Storage;

/// <summary>The names in a diffusers <c>config.json</c> of a U-Net, for reading and writing.</summary>
internal static class DiffusersUNet
{
    /// <summary>The key that names the class.</summary>
    public const string ClassNameKey = "_class_name";

    /// <summary>The class without a context.</summary>
    public const string Unconditional = "UNet2DModel";

    /// <summary>The class with a context.</summary>
    public const string Conditional = "UNet2DConditionModel";

    /// <summary>The key of the latents' size: one number, or height and width.</summary>
    public const string SampleSize = "sample_size";

    /// <summary>What is added to the time embedding: the context, pooled.</summary>
    public const string PooledText = "text";

    /// <summary>The time embedding is added.</summary>
    public const string Shift = "default";

    /// <summary>The time embedding scales and shifts.</summary>
    public const string ScaleAndShift = "scale_shift";
}
