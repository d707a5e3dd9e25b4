namespace LdmMl.Torch.Tests.Native.Platforms;

/// <summary>A native library for any system, read as a file.</summary>
internal interface INativeImage
{
    /// <summary>Gets the exported names, as written in C.</summary>
    IReadOnlySet<string> Exports { get; }

    /// <summary>Gets the libraries that it depends on, and the names that it imports from each.</summary>
    IReadOnlyDictionary<string, IReadOnlyList<string>> Imports { get; }
}
