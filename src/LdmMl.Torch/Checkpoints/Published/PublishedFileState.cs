namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>Whether a published file is in the cache.</summary>
internal enum PublishedFileState
{
    /// <summary>It is missing.</summary>
    Missing,

    /// <summary>There is a file with its name but other content.</summary>
    Damaged,

    /// <summary>It is there, and its length and SHA-256 match.</summary>
    Present,
}
