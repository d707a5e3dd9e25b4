using LdmMl.Torch.Generation;

namespace QuickStart;

/// <summary>A row for each image that is to be generated.</summary>
internal sealed class WantedImage
{
    public long Seed { get; set; }

    public string Label { get; set; } = "";

    /// <summary>Gives the labels that a model can be asked for.</summary>
    public static IReadOnlyList<string> LabelsOf(LatentDiffusionModel model) => ((LabelConditioning)model.Config.Conditioning).Names;

    /// <summary>Gives rows for every label, each with the seeds from 1.</summary>
    public static IEnumerable<WantedImage> Rows(IReadOnlyList<string> labels, int seedsPerLabel) =>
        labels.SelectMany(label => Enumerable.Range(1, seedsPerLabel).Select(seed => new WantedImage { Seed = seed, Label = label }));
}
