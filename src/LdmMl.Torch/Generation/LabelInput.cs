namespace LdmMl.Torch.Generation;

/// <summary>How a label enters the U-Net.</summary>
public enum LabelInput
{
    /// <summary>
    /// A learned vector for each label is added to the time embedding (CompVis <c>num_classes</c>, conditioning key <c>adm</c>).
    /// </summary>
    TimeEmbedding,

    /// <summary>A learned vector for each label is the only token of the cross-attention's context (CompVis <c>ClassEmbedder</c>).</summary>
    ContextToken,
}
