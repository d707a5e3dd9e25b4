using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>
/// What SDXL is conditioned on, as a YAML of Stability AI's generative-models (sgm) says it: <c>conditioner_config</c>, a list of embedders, of which
/// those of text give the context, and the others sinusoids of sizes.
/// </summary>
internal sealed class SgmConditioner
{
    /// <summary>What all keys of its weights begin with.</summary>
    public const string Prefix = "conditioner.embedders.";

    private const string Sizes = "ConcatTimestepEmbedderND";

    // The order in which their sinusoids stand, which is diffusers', too.
    private static readonly string[] SizeKeys = ["original_size_as_tuple", "crop_coords_top_left", "target_size_as_tuple"];
    private static readonly string[] Classes = ["FrozenCLIPEmbedder", "FrozenOpenCLIPEmbedder2"];

    /// <param name="model">The mapping <c>model.params</c>.</param>
    /// <exception cref="InvalidDataException">The model is conditioned on something that this library does not have.</exception>
    public SgmConditioner(ConfigMap model)
    {
        var embedders = model.NeededMap("conditioner_config").NeededMap("params").NeededMaps("emb_models");
        var texts = embedders.TakeWhile(embedder => ClassOf(embedder) != Sizes).ToArray();
        var classes = texts.Select(ClassOf).ToArray();
        ConfigMap.Require(
            classes.SequenceEqual(Classes),
            $"its text encoders are {(classes.Length == 0 ? "none" : string.Join(", ", classes))}; supported are SDXL base's two, {string.Join(" and ", Classes)}.");
        Texts = [.. texts.Select((embedder, place) => (classes[place], embedder.Map("params") ?? new ConfigMap([]), $"{Prefix}{place}."))];
        SizeDimension = SizesOf(embedders[texts.Length..]);
        foreach (var embedder in embedders)
        {
            embedder.Ignore("is_trainable", "input_key", "ucg_rate", "legacy_ucg_value");      // ucg: how training drops texts
            embedder.RefuseUnread();
        }
    }

    /// <summary>Gets the encoders of text: class, parameters, and what the keys of their weights begin with.</summary>
    public IReadOnlyList<(string PythonClass, ConfigMap Parameters, string Prefix)> Texts { get; }

    /// <summary>Gets the numbers of the sinusoids of each size.</summary>
    public int SizeDimension { get; }

    private static int SizesOf(ConfigMap[] embedders)
    {
        var keys = embedders.Select(embedder => embedder.Text("input_key") ?? "").ToArray();
        ConfigMap.Require(
            keys.SequenceEqual(SizeKeys) && embedders.All(embedder => ClassOf(embedder) == Sizes),
            $"beside texts it is conditioned on {string.Join(", ", keys)}; supported are SDXL base's {string.Join(", ", SizeKeys)}.");
        var dimensions = embedders.Select(embedder => embedder.NeededMap("params").NeededInteger("outdim")).Distinct().ToArray();
        return dimensions is [var same] ? same : throw new InvalidDataException("its sizes have sinusoids of different lengths ('outdim').");
    }

    private static string ClassOf(ConfigMap embedder) => embedder.NeededText("target").Split('.')[^1];
}
