namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>What an import found of a published file.</summary>
/// <param name="File">The file.</param>
/// <param name="Source">The file of that content in the folder, or null where there is none.</param>
/// <param name="Refused">Files of its name with another content, each with what is wrong.</param>
internal sealed record ImportedFile(PublishedFile File, string? Source, IReadOnlyList<string> Refused);
