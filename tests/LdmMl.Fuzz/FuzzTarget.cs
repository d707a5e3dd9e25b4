namespace LdmMl.Fuzz;

/// <summary>A reader, and the files that changed ones are made from.</summary>
/// <param name="Name">The name of the reader and of the kind of file.</param>
/// <param name="Samples">The content of good files.</param>
/// <param name="Open">Puts a changed file where it belongs and reads it.</param>
/// <param name="IsDocumented">Says whether an exception is one that the reader's documentation names.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Samples, Action<byte[]> Open, Func<Exception, bool> IsDocumented);
