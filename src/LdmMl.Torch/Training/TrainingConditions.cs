namespace LdmMl.Torch.Training;

/// <summary>The conditions of a set of images.</summary>
/// <param name="Labels">Their labels; null for none.</param>
/// <param name="Captions">Their captions; null for none.</param>
internal sealed record TrainingConditions(TrainingLabels? Labels = null, TrainingCaptions? Captions = null)
{
    /// <summary>Describes them for the hash of the training data; "" if there are none.</summary>
    public string Hash => (Labels, Captions) switch
    {
        ({ } labels, _) => $", labels {labels.Hash()}",
        (_, { } captions) => $", captions {captions.Hash()}",
        _ => "",
    };
}
