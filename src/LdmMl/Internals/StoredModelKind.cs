using Microsoft.ML;

namespace LdmMl.Internals;

/// <summary>How a transformer is identified in a model file.</summary>
/// <param name="ModelSignature">Identifies the content; exactly 8 Latin-1 characters.</param>
/// <param name="LoaderSignature">Identifies the loader; at most 24 Latin-1 characters.</param>
internal sealed record StoredModelKind(string ModelSignature, string LoaderSignature)
{
    /// <summary>The first version in which transformers with a network store their convolution mode.</summary>
    public const uint WithConvolutions = 0x00010002;

    /// <summary>The first version in which options are one JSON object, and the one that is written.</summary>
    public const uint WithJson = 0x00010003;

    private const uint First = 0x00010001;

    /// <summary>Gets the identity of a type of transformer.</summary>
    public static StoredModelKind Of<TTransformer>()
        where TTransformer : IStoredTransformer<TTransformer> =>
        TTransformer.Kind;

    public VersionInfo ToVersionInfo() => new(
        modelSignature: ModelSignature,
        verWrittenCur: WithJson,
        verReadableCur: WithJson,
        verWeCanReadBack: First,
        loaderSignature: LoaderSignature,
        loaderAssemblyName: typeof(StoredModelKind).Assembly.GetName().Name!);
}
