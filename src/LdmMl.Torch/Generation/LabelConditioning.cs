namespace LdmMl.Torch.Generation;

/// <summary>The model is conditioned on one of a fixed number of labels.</summary>
/// <remarks>Two records with different list objects are not equal under <c>==</c>, even if the lists hold the same names.</remarks>
public sealed record LabelConditioning : Conditioning
{
    /// <summary>Gets the number of labels, the null label excluded, at least 1; labels are numbered 0 to <see cref="Count"/> - 1.</summary>
    public required int Count { get; init; }

    /// <summary>Gets the names of the labels in the order of their numbers, unique; empty if they are not known.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Gets how a label enters the U-Net.</summary>
    /// <value>Default: <see cref="LabelInput.TimeEmbedding"/>.</value>
    public LabelInput Input { get; init; } = LabelInput.TimeEmbedding;

    /// <summary>
    /// Gets whether the model has one more label, the null label of unconditional predictions: guidance pushes away from it
    /// (Ho and Salimans 2022), and it generates images without a label.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool HasNullLabel { get; init; }

    /// <summary>Gets the number of the null label, which is <see cref="Count"/>; null if the model has none.</summary>
    public int? NullLabel => HasNullLabel ? Count : null;

    /// <summary>Gets how many labels the network has, the null label included.</summary>
    public int NetworkCount => HasNullLabel ? Count + 1 : Count;

    /// <summary>Finds the number of a label by its name.</summary>
    /// <param name="name">The name; case matters.</param>
    /// <returns>The number, 0 to <see cref="Count"/> - 1; null if the model has no label of that name.</returns>
    public int? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        for (var label = 0; label < Names.Count; label++)
        {
            if (Names[label] == name)
                return label;
        }

        return null;
    }

    /// <summary>Finds the number of a label by its name.</summary>
    /// <param name="name">The name; case matters.</param>
    /// <returns>The number, 0 to <see cref="Count"/> - 1.</returns>
    /// <exception cref="ArgumentException">The model has no label of that name; the message lists all labels.</exception>
    public int IndexOf(string name)
    {
        if (Find(name) is { } number)
            return number;
        throw new ArgumentException(
            Names.Count == 0
                ? $"There is no label '{name}': the model does not know the names of its {Count} labels. Give a number from 0 to {Count - 1}."
                : $"There is no label '{name}'; the labels are {string.Join(", ", Names.Select(known => $"'{known}'"))}.",
            nameof(name));
    }

    internal override string Summary => $"{Count} labels";

    internal override void Validate()
    {
        Require(Count >= 1, $"{nameof(Count)} is {Count}; it must be at least 1.");
        Require(Enum.IsDefined(Input), $"{nameof(Input)} is {Input}; it must be one of {string.Join(", ", Enum.GetNames<LabelInput>())}.");
        Require(Names is not null, $"{nameof(Names)} is null; leave it empty if the names are not known.");
        Require(Names!.Count == 0 || Names.Count == Count, $"there are {Names.Count} names for {Count} labels; give a name for each label, or none.");
        var repeated = Names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Key is null || group.Count() > 1)?.Key;
        Require(repeated is null && Names.All(name => name is not null), $"the name '{repeated}' occurs more than once; names must be unique.");
    }
}
