using System.Buffers.Binary;

namespace LdmMl.Torch.Native;

/// <summary>The symbol versions that an ELF library (64-bit, little-endian) needs from others (section .gnu.version_r).</summary>
internal static class ElfVersionNeeds
{
    private const uint VersionNeedSection = 0x6ffffffe;   // SHT_GNU_verneed
    private const ushort Weak = 2;                        // VER_FLG_WEAK: the loader does not insist

    /// <summary>Marks every need of one version as weak, in place.</summary>
    /// <param name="image">The bytes of the library.</param>
    /// <param name="version">The version's name, such as GLIBCXX_3.4.32.</param>
    /// <exception cref="InvalidDataException">The bytes are no such ELF file, or the version is not among its needs.</exception>
    public static void MarkWeak(Span<byte> image, string version)
    {
        var marked = false;
        try
        {
            foreach (var need in FindNeeds(image))
            {
                if (need.Version != version)
                    continue;
                var flags = image.Slice(need.FlagsOffset, sizeof(ushort));
                BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | Weak));
                marked = true;
            }
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new InvalidDataException("the file is damaged: a table of its ELF header points outside of it.", error);
        }
        if (!marked)
            throw new InvalidDataException($"it does not need {version}, so the reason is a different one.");
    }

    // ELF-64: section headers at e_shoff (0x28), their size and count at e_shentsize (0x3A) and e_shnum (0x3C).
    private static List<(string Version, int FlagsOffset)> FindNeeds(ReadOnlySpan<byte> image)
    {
        if (image.Length < 64 || !image[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
            throw new InvalidDataException("the file is not a 64-bit little-endian ELF library.");

        var needs = new List<(string, int)>();
        var sections = Offset(image, 0x28);
        int size = UInt16(image, 0x3A), count = UInt16(image, 0x3C);
        for (var index = 0; index < count; index++)
        {
            var section = sections + index * size;
            if (UInt32(image, section + 4) != VersionNeedSection)
                continue;
            var strings = sections + (int)UInt32(image, section + 0x28) * size;          // sh_link
            ReadNeeds(image, Offset(image, section + 0x18), Offset(image, strings + 0x18), needs);
        }
        return needs;
    }

    // A chain of Elf64_Verneed (one per library), each with a chain of Elf64_Vernaux (one per version).
    private static void ReadNeeds(ReadOnlySpan<byte> image, int need, int strings, List<(string, int)> needs)
    {
        uint toNextNeed, toNext;
        do
        {
            var version = need + (int)UInt32(image, need + 8);                           // vn_aux
            do
            {
                needs.Add((String(image, strings + (int)UInt32(image, version + 8)), version + 4));   // vna_name, vna_flags
                toNext = UInt32(image, version + 12);                                    // vna_next
                version += (int)toNext;
            }
            while (toNext != 0);
            toNextNeed = UInt32(image, need + 12);                                       // vn_next
            need += (int)toNextNeed;
        }
        while (toNextNeed != 0);
    }

    private static int Offset(ReadOnlySpan<byte> image, int at)
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(image.Slice(at, 8));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, (ulong)image.Length);
        return (int)value;
    }

    private static uint UInt32(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt32LittleEndian(image.Slice(at, 4));

    private static ushort UInt16(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt16LittleEndian(image.Slice(at, 2));

    private static string String(ReadOnlySpan<byte> image, int at)
    {
        var rest = image[at..];
        return System.Text.Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)0)]);
    }
}
