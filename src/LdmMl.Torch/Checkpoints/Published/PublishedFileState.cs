namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>Whether a published file is in the cache.</summary>
internal enum PublishedFileState
{
    /// <summary>It is not there.</summary>
    Missing,

    /// <summary>There is a file of its name with another content.</summary>
    Damaged,

    /// <summary>It is there, and its length and SHA-256 are right.</summary>
    Present,
}
