namespace LdmMl.Cli.Generating;

/// <summary>An image to begin with.</summary>
/// <param name="Image">Its file.</param>
/// <param name="Name">Its name within the folder, without what says the kind of file.</param>
/// <param name="Mask">The file of its mask; null for none.</param>
internal sealed record InitialImage(string Image, string Name, string? Mask);
