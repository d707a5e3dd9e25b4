using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text.Json;

namespace LdmMl.Packages.Tests;

/// <summary>What the symbols of a library contain about its sources.</summary>
internal sealed record SymbolSources
{
    // Kinds of custom debug information of portable PDB files.
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A"), EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    /// <summary>Gets the paths of all sources, as the compiler saw them.</summary>
    public required IReadOnlySet<string> Documents { get; init; }

    /// <summary>Gets the paths of the sources that are embedded in the symbols.</summary>
    public required IReadOnlySet<string> Embedded { get; init; }

    /// <summary>Gets the addresses of the others: paths ending with *, and the address that each maps to.</summary>
    public required IReadOnlyDictionary<string, string> Links { get; init; }

    public static SymbolSources Read(ZipArchiveEntry pdb)
    {
        using var bytes = new MemoryStream();
        using (var stream = pdb.Open())
            stream.CopyTo(bytes);
        bytes.Position = 0;
        using var provider = MetadataReaderProvider.FromPortablePdbStream(bytes);
        var reader = provider.GetMetadataReader();
        return new()
        {
            Documents = reader.Documents.Select(handle => reader.GetString(reader.GetDocument(handle).Name)).ToHashSet(),
            Embedded = reader.Documents.Where(handle => Infos(reader, handle, EmbeddedSource).Any())
                .Select(handle => reader.GetString(reader.GetDocument(handle).Name)).ToHashSet(),
            Links = Infos(reader, EntityHandle.ModuleDefinition, SourceLink).Select(Parse).SingleOrDefault() ?? [],
        };
    }

    private static Dictionary<string, string> Parse(byte[] json) =>
        JsonDocument.Parse(json).RootElement.GetProperty("documents").Deserialize<Dictionary<string, string>>()!;

    private static IEnumerable<byte[]> Infos(MetadataReader reader, EntityHandle parent, Guid kind) => reader.GetCustomDebugInformation(parent)
        .Select(reader.GetCustomDebugInformation).Where(info => reader.GetGuid(info.Kind) == kind).Select(info => reader.GetBlobBytes(info.Value));
}
