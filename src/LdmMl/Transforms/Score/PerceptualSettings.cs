using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Transforms.Score;

/// <summary>What a score's columns say about the model that made it; it outlives the model.</summary>
internal sealed class PerceptualSettings(PerceptualModel model)
{
    /// <summary>The range that the published networks were given.</summary>
    public const PixelRange Range = PixelRange.MinusOneToOne;

    // The name that ML.NET's GetSlotNames looks for; its own constant is internal.
    private const string SlotNames = "SlotNames";

    private readonly string version = model is LpipsModel lpips ? lpips.Version == LpipsVersion.V00 ? "0.0" : "0.1" : "";
    private readonly string fingerprint = model.Fingerprint;

    public string Name { get; } = model.Name;

    public string Network { get; } = model.Trunk.Name;

    public bool IsCalibrated { get; } = model.IsCalibrated;

    public int MinimumSize { get; } = model.MinimumSize;

    public IReadOnlyList<string> LayerNames { get; } = model.LayerNames;

    /// <summary>Describes a score's column.</summary>
    /// <param name="slots">The names of the items of a vector; null for none.</param>
    public DataViewSchema.Annotations Annotations(IReadOnlyList<string>? slots = null)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        AddText(annotations, PerceptualAnnotations.Model, Name);
        AddText(annotations, PerceptualAnnotations.Network, Network);
        AddText(annotations, PerceptualAnnotations.Version, version);
        annotations.Add(PerceptualAnnotations.IsCalibrated, BooleanDataViewType.Instance, (ref bool value) => value = IsCalibrated);
        AddText(annotations, PerceptualAnnotations.PixelRange, Range.ToString());
        AddText(annotations, ScoreAnnotations.Fingerprint, fingerprint);
        if (slots is not null)
            AddTexts(annotations, SlotNames, slots);
        return annotations.ToAnnotations();
    }

    private static void AddText(DataViewSchema.Annotations.Builder annotations, string kind, string text) =>
        annotations.Add(kind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = text.AsMemory());

    private static void AddTexts(DataViewSchema.Annotations.Builder annotations, string kind, IReadOnlyList<string> texts)
    {
        ReadOnlyMemory<char>[] values = [.. texts.Select(text => text.AsMemory())];
        var type = new VectorDataViewType(TextDataViewType.Instance, values.Length);
        annotations.Add(kind, type, (ref VBuffer<ReadOnlyMemory<char>> destination) => destination = new(values.Length, values));
    }
}
