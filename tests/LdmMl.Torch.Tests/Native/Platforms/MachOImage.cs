using System.Buffers.Binary;

namespace LdmMl.Torch.Tests.Native.Platforms;

/// <summary>A library for macOS on Apple silicon (Mach-O, in a universal file or by itself): its symbol table.</summary>
internal sealed class MachOImage : INativeImage
{
    private const uint Universal = 0xBEBAFECA, Magic = 0xFEEDFACF, Arm64 = 0x0100000C;
    private const uint SymbolTable = 0x2, LoadLibrary = 0xC, LoadWeakLibrary = 0x80000018, ReexportLibrary = 0x8000001F;

    private readonly HashSet<string> exports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> imports = new(StringComparer.Ordinal);

    public MachOImage(string path)
    {
        using var file = new ImageBytes(path, StartOf(path));
        Assert.Equal(Magic, file.UInt32(0));
        var libraries = new List<string>();
        long symbols = 0;
        for (long command = 32, left = file.UInt32(16); left > 0; left--, command += file.UInt32(command + 4))
        {
            var kind = file.UInt32(command);
            if (kind is LoadLibrary or LoadWeakLibrary or ReexportLibrary)
                libraries.Add(file.Text(command + file.UInt32(command + 8)));
            else if (kind == SymbolTable)
                symbols = command;
        }

        ReadSymbols(file, symbols, libraries);
    }

    public IReadOnlySet<string> Exports => exports;

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Imports => imports;

    // nlist_64: name, type (0x0E: kind, 0 is undefined; 0x01: external; 0x10: private), description (its high byte is the library), value.
    private void ReadSymbols(ImageBytes file, long command, List<string> libraries)
    {
        var table = file.Bytes(file.UInt32(command + 8), 16L * file.UInt32(command + 12));
        var texts = file.Bytes(file.UInt32(command + 16), file.UInt32(command + 20));
        var needed = libraries.ToDictionary(name => name, _ => new List<string>());
        for (var entry = 0; entry < table.Length; entry += 16)
        {
            var type = table[entry + 4];
            if ((type & 0xE0) != 0 || (type & 0x11) != 0x01)
                continue;
            var name = ImageBytes.Text(texts, (int)BitConverter.ToUInt32(table, entry));
            if ((type & 0x0E) != 0)
                exports.Add(name.StartsWith('_') ? name[1..] : name);
            else if (table[entry + 7] is > 0 and var library && library <= libraries.Count)
                needed[libraries[library - 1]].Add(name.StartsWith('_') ? name[1..] : name);
        }

        foreach (var (library, names) in needed)
            imports[library] = names;
    }

    private static long StartOf(string path)
    {
        using var file = new ImageBytes(path);
        if (file.UInt32(0) != Universal)
            return 0;
        for (var image = 0; image < BinaryPrimitives.ReverseEndianness(file.UInt32(4)); image++)
        {
            if (BinaryPrimitives.ReverseEndianness(file.UInt32(8 + (20 * image))) == Arm64)
                return BinaryPrimitives.ReverseEndianness(file.UInt32(16 + (20 * image)));
        }

        throw new InvalidDataException($"'{path}' contains nothing for Apple silicon.");
    }
}
