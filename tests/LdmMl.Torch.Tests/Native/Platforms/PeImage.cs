namespace LdmMl.Torch.Tests.Native.Platforms;

/// <summary>A library for 64-bit Windows (PE32+): its export and import directories.</summary>
internal sealed class PeImage : INativeImage
{
    private readonly List<(uint Address, uint Size, uint File)> sections = [];
    private readonly HashSet<string> exports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> imports = new(StringComparer.OrdinalIgnoreCase);

    public PeImage(string path)
    {
        using var file = new ImageBytes(path);
        var header = (long)file.UInt32(0x3C);
        var (count, optional) = (file.UInt16(header + 6), header + 24);
        Assert.Equal(0x20B, file.UInt16(optional));
        for (var section = optional + file.UInt16(header + 20); count-- > 0; section += 40)
            sections.Add((file.UInt32(section + 12), Math.Max(file.UInt32(section + 8), file.UInt32(section + 16)), file.UInt32(section + 20)));
        if (file.UInt32(optional + 112) is > 0 and var directory)
            ReadExports(file, At(directory));
        if (file.UInt32(optional + 120) is > 0 and var needed)
            ReadImports(file, At(needed));
    }

    public IReadOnlySet<string> Exports => exports;

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Imports => imports;

    private void ReadExports(ImageBytes file, long directory)
    {
        var names = file.Bytes(At(file.UInt32(directory + 32)), 4L * file.UInt32(directory + 24));
        for (var name = 0; name < names.Length; name += 4)
            exports.Add(file.Text(At(BitConverter.ToUInt32(names, name))));
    }

    private void ReadImports(ImageBytes file, long directory)
    {
        for (; file.UInt32(directory + 12) is > 0 and var library; directory += 20)
        {
            var names = new List<string>();
            for (var entry = At(file.UInt32(directory) is > 0 and var lookup ? lookup : file.UInt32(directory + 16));
                file.UInt64(entry) is > 0 and var name; entry += 8)
            {
                if (name >> 63 == 0)
                    names.Add(file.Text(At((uint)name) + 2));
            }

            imports[file.Text(At(library))] = names;
        }
    }

    private long At(uint address)
    {
        var (start, _, place) = sections.First(section => address >= section.Address && address < section.Address + section.Size);
        return address - start + place;
    }
}
