namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>How sums of products relate to the values that are there already.</summary>
internal enum SumStart
{
    /// <summary>They replace them.</summary>
    Replaces,

    /// <summary>They continue them, as if the channels had been summed in one go.</summary>
    Continues,

    /// <summary>They are added to them at the end.</summary>
    Adds,
}
