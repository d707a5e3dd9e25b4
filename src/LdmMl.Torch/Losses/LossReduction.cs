namespace LdmMl.Torch.Losses;

/// <summary>The reduction of a batch's errors to one number.</summary>
internal enum LossReduction
{
    /// <summary>Summed over an image's values and divided by the batch: a likelihood (CompVis <c>LPIPSWithDiscriminator</c>).</summary>
    SumOfImage,

    /// <summary>The mean of everything (CompVis <c>VQLPIPSWithDiscriminator</c>).</summary>
    Mean,
}
