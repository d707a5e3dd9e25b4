namespace LdmMl.Cli.Output;

/// <summary>The folder of a model as diffusers lays it out.</summary>
internal static class ModelFolder
{
    /// <summary>Gets what shows that a folder holds one.</summary>
    public static IReadOnlyList<string> Contents { get; } = ["model_index.json", "vae", "unet"];
}
