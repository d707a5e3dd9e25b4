namespace LdmMl.Torch.Losses;

/// <summary>The values that the reference logs in a step, under its names without the split: <c>nll_loss</c>, <c>d_weight</c> ...</summary>
internal sealed class LossLog
{
    private readonly Dictionary<string, double> values = [];

    /// <summary>Gets the values in the order in which they were first set.</summary>
    public IReadOnlyDictionary<string, double> Values => values;

    /// <summary>Sets a logged value.</summary>
    public void Set(string name, double value) => values[name] = value;

    /// <summary>Adds to a value to which several terms contribute.</summary>
    public void Add(string name, double value) => values[name] = values.GetValueOrDefault(name) + value;
}
