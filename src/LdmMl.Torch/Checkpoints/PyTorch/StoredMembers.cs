using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>
/// Finds where the members of a zip archive that are not compressed begin in the file, which .NET's reader does not tell. Layout: PKWARE's APPNOTE 6.3.
/// </summary>
internal static class StoredMembers
{
    private const uint EndSignature = 0x06054b50, LongEndSignature = 0x06064b50, LocatorSignature = 0x07064b50;
    private const uint EntrySignature = 0x02014b50, LocalSignature = 0x04034b50;
    private const int EndSize = 22, LocatorSize = 20, LongEndSize = 56, EntrySize = 46, LocalSize = 30;
    private const int LongField = 1, FieldHeader = 4;
    private const ushort IsEncrypted = 1;
    private const uint IsInLongField = uint.MaxValue;

    /// <summary>Finds the members that are stored and lie within the file.</summary>
    /// <param name="file">The archive. What is unusual, such as a comment at its end, or damaged, is left out: it has to be read.</param>
    /// <returns>By name: where the content begins, in bytes from the start of the file, and how long it is.</returns>
    public static Dictionary<string, (long Start, long Length)> Find(FileStream file)
    {
        var found = new Dictionary<string, (long Start, long Length)>(StringComparer.Ordinal);
        var entries = ReadDirectory(file.SafeFileHandle, file.Length).AsSpan();
        while (entries.Length >= EntrySize && UInt32(entries, 0) == EntrySignature)
        {
            var (name, extra) = (UInt16(entries, 28), UInt16(entries, 30));
            var size = EntrySize + name + extra + UInt16(entries, 32);
            if (size > entries.Length)
                break;
            if (Locate(entries, entries.Slice(EntrySize + name, extra)) is var (local, length) && StartOf(file.SafeFileHandle, local) is { } start
                && start <= file.Length - length)
            {
                found[Encoding.UTF8.GetString(entries.Slice(EntrySize, name))] = (start, length);
            }

            entries = entries[size..];
        }

        return found;
    }

    private static byte[] ReadDirectory(SafeFileHandle file, long fileLength)
    {
        if (TryRead(file, fileLength - EndSize, EndSize) is not { } end || UInt32(end, 0) != EndSignature)
            return [];
        long start = UInt32(end, 16), length = UInt32(end, 12);
        if (TryRead(file, fileLength - EndSize - LocatorSize, LocatorSize) is { } locator && UInt32(locator, 0) == LocatorSignature)
        {
            if (TryRead(file, Int64(locator, 8), LongEndSize) is not { } longEnd || UInt32(longEnd, 0) != LongEndSignature)
                return [];
            (length, start) = (Int64(longEnd, 40), Int64(longEnd, 48));
        }

        return length is >= 0 and <= int.MaxValue && start <= fileLength - length ? TryRead(file, start, (int)length) ?? [] : [];
    }

    // Where the member's own header begins, and the length of its content. Values that need 64 bits are in an extra field, in this order.
    private static (long Local, long Length)? Locate(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> extra)
    {
        if (UInt16(entry, 10) != 0 || (UInt16(entry, 8) & IsEncrypted) != 0)
            return null;
        var fields = LongValues(extra);
        var length = Value(UInt32(entry, 24), ref fields);
        var stored = Value(UInt32(entry, 20), ref fields);
        var local = Value(UInt32(entry, 42), ref fields);
        return length == stored && length >= 0 && local >= 0 ? (local, length) : null;
    }

    private static ReadOnlySpan<byte> LongValues(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= FieldHeader && FieldHeader + UInt16(extra, 2) is var size && size <= extra.Length)
        {
            if (UInt16(extra, 0) == LongField)
                return extra[FieldHeader..size];
            extra = extra[size..];
        }

        return [];
    }

    private static long Value(uint value, ref ReadOnlySpan<byte> fields)
    {
        if (value != IsInLongField)
            return value;
        if (fields.Length < sizeof(long))
            return -1;
        var found = Int64(fields, 0);
        fields = fields[sizeof(long)..];
        return found;
    }

    // The name and the extra field before the content have lengths of their own; PyTorch pads the latter so that storages are aligned.
    private static long? StartOf(SafeFileHandle file, long local) =>
        TryRead(file, local, LocalSize) is { } header && UInt32(header, 0) == LocalSignature
            ? local + LocalSize + UInt16(header, 26) + UInt16(header, 28)
            : null;

    private static byte[]? TryRead(SafeFileHandle file, long offset, int length)
    {
        if (offset < 0)
            return null;
        var bytes = new byte[length];
        for (var filled = 0; filled < length;)
        {
            if (RandomAccess.Read(file, bytes.AsSpan(filled), offset + filled) is var read and > 0)
                filled += read;
            else
                return null;
        }

        return bytes;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static long Int64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);
}
