namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>The state of a published file in the cache.</summary>
/// <param name="File">The file.</param>
/// <param name="State">Whether it is present and intact.</param>
/// <param name="Path">Where it is, or would be.</param>
/// <param name="Problem">What is wrong with a damaged file; otherwise null.</param>
/// <param name="PartLength">The bytes kept from an interrupted download, from which the next one resumes.</param>
internal sealed record PublishedFileStatus(PublishedFile File, PublishedFileState State, string Path, string? Problem, long PartLength);
