namespace LdmMl.Torch.Generation;

/// <summary>How a label enters the U-Net.</summary>
public enum LabelInput
{
    /// <summary>
    /// A trained vector for each label is added to the embedding of the time (CompVis <c>num_classes</c>, conditioning key <c>adm</c>).
    /// </summary>
    TimeEmbedding,

    /// <summary>A trained vector for each label is the one token of the cross-attention's context (CompVis <c>ClassEmbedder</c>).</summary>
    ContextToken,
}
