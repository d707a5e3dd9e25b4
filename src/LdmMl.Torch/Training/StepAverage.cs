using LdmMl.Torch.Losses;
using LdmMl.Torch.Training.Monitoring;

namespace LdmMl.Torch.Training;

/// <summary>The report of a step over several batches: the means of their reports.</summary>
internal static class StepAverage
{
    /// <summary>Averages the losses and logged values of batches; everything else is taken from the last one.</summary>
    public static TrainingStep Of(IReadOnlyList<TrainingStep> batches) => batches is [var only] ? only : batches[^1] with
    {
        Loss = batches.Average(batch => batch.Loss),
        Terms = [.. batches[^1].Terms.Select((_, index) => Mean([.. batches.Select(batch => batch.Terms[index])]))],
        Discriminator = batches[^1].Discriminator is null ? null : Mean([.. batches.Select(batch => batch.Discriminator!.Value)]),
        Signals = batches[^1].Signals is null ? null : StepSignals.Of([.. batches.Select(batch => batch.Signals!)]),
        Logged = batches[^1].Logged.Keys.ToDictionary(name => name, name => batches.Average(batch => batch.Logged[name])),
    };

    // The weight of the adversarial term differs from batch to batch.
    private static LossValue Mean(IReadOnlyList<LossValue> values)
    {
        var (value, weighted) = (values.Average(each => each.Value), values.Average(each => each.Weighted));
        return new LossValue(values[0].Name, value, value == 0 ? values[^1].Weight : weighted / value);
    }
}
