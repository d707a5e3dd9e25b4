using Microsoft.ML;

namespace LdmMl.Internals;

/// <summary>What a transformer is stored under in a model file.</summary>
/// <param name="ModelSignature">Marks the content; exactly 8 Latin-1 characters.</param>
/// <param name="LoaderSignature">Names the loader; at most 24 Latin-1 characters.</param>
/// <param name="Version">Version written; raised whenever the content changes.</param>
internal sealed record StoredModelKind(string ModelSignature, string LoaderSignature, uint Version = StoredModelKind.FirstVersion)
{
    /// <summary>The version from which a transformer that runs a network says how it convolves.</summary>
    public const uint WithConvolutions = 0x00010002;

    private const uint FirstVersion = 0x00010001;

    public VersionInfo ToVersionInfo() => new(
        modelSignature: ModelSignature,
        verWrittenCur: Version,
        verReadableCur: Version,
        verWeCanReadBack: FirstVersion,
        loaderSignature: LoaderSignature,
        loaderAssemblyName: typeof(StoredModelKind).Assembly.GetName().Name!);
}
