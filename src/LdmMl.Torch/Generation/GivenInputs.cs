namespace LdmMl.Torch.Generation;

/// <summary>
/// The inputs other than seeds, under the caller's names: the tensors of a <see cref="GenerationBatch"/>, or columns of a data view.
/// </summary>
internal sealed record GivenInputs
{
    public required GivenInput Labels { get; init; }

    public required GivenInput Context { get; init; }

    public required GivenInput UnconditionalContext { get; init; }

    public required GivenInput InitialImages { get; init; }

    public required GivenInput Masks { get; init; }

    public required GivenInput LowResolutionImages { get; init; }

    /// <summary>Describes a batch.</summary>
    public static GivenInputs Of(GenerationBatch batch) => new()
    {
        Labels = new(nameof(batch.Labels), batch.Labels),
        Context = new(nameof(batch.Context), batch.Context?.shape),
        UnconditionalContext = new(nameof(batch.UnconditionalContext), batch.UnconditionalContext?.shape),
        InitialImages = new(nameof(batch.InitialImages), batch.InitialImages?.shape),
        Masks = new(nameof(batch.Masks), batch.Masks?.shape),
        LowResolutionImages = new(nameof(batch.LowResolutionImages), batch.LowResolutionImages?.shape),
    };
}
