using LdmMl.Torch.Generation;

namespace QuickStart;

/// <summary>A row for each image to generate.</summary>
internal sealed class WantedImage
{
    public long Seed { get; set; }

    public string Label { get; set; } = "";

    /// <summary>Returns the labels of a model.</summary>
    public static IReadOnlyList<string> LabelsOf(LatentDiffusionModel model) => ((LabelConditioning)model.Config.Conditioning).Names;

    /// <summary>Returns rows for every label, with the seeds from 1.</summary>
    public static IEnumerable<WantedImage> Rows(IReadOnlyList<string> labels, int seedsPerLabel) =>
        labels.SelectMany(label => Enumerable.Range(1, seedsPerLabel).Select(seed => new WantedImage { Seed = seed, Label = label }));
}
