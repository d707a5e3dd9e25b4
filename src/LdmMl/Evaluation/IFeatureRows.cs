using LdmMl.Torch.Tensors;

namespace LdmMl.Evaluation;

/// <summary>Takes the rows of a set in their order.</summary>
internal interface IFeatureRows
{
    /// <summary>Takes the size of the next image.</summary>
    void Add(ImageSize size);

    /// <summary>Takes the features of the next images that have none yet, [N, D].</summary>
    void Add(ReadOnlySpan<float> features);

    /// <summary>Takes a row whose image or vector is missing.</summary>
    void AddMissing();
}
