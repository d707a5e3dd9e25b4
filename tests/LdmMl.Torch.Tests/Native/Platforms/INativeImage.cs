namespace LdmMl.Torch.Tests.Native.Platforms;

/// <summary>A native library of any system, read as a file.</summary>
internal interface INativeImage
{
    /// <summary>Gets the names that others can call, as C writes them.</summary>
    IReadOnlySet<string> Exports { get; }

    /// <summary>Gets the libraries that it needs, and the names that it asks each of them for.</summary>
    IReadOnlyDictionary<string, IReadOnlyList<string>> Imports { get; }
}
