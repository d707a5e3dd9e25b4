namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>The result of importing a published file.</summary>
/// <param name="File">The file.</param>
/// <param name="Source">The file with the right content in the folder, or null if there is none.</param>
/// <param name="Refused">Files with its name but other content, each with what is wrong.</param>
internal sealed record ImportedFile(PublishedFile File, string? Source, IReadOnlyList<string> Refused);
