namespace LdmMl.Torch.Models;

/// <summary>A model from a package, which can be opened by its name.</summary>
/// <param name="Name">The name, such as <c>emoji</c>. Models of different kinds may share one.</param>
/// <param name="Kind">The kind of the model.</param>
/// <param name="Path">Its folder or file.</param>
internal sealed record InstalledModel(string Name, InstalledModelKind Kind, string Path);
