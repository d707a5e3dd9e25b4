namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>What the cache holds of a published file.</summary>
/// <param name="File">The file.</param>
/// <param name="State">Whether it is there and whole.</param>
/// <param name="Path">Where it is, or would be.</param>
/// <param name="Problem">What is wrong with a damaged file; otherwise null.</param>
/// <param name="PartLength">How many bytes an interrupted download has left, from which the next one goes on.</param>
internal sealed record PublishedFileStatus(PublishedFile File, PublishedFileState State, string Path, string? Problem, long PartLength);
