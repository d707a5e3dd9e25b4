using System.Buffers.Binary;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>The checksum of zip members (polynomial 0xEDB88320), eight bytes at a time.</summary>
internal struct Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[][] Tables = MakeTables();
    private uint inverted;

    /// <summary>Gets the checksum of the bytes so far.</summary>
    public readonly uint Value => inverted;

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var crc = ~inverted;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc = 0;
            for (var i = 0; i < sizeof(ulong); i++)
                crc ^= Tables[sizeof(ulong) - 1 - i][(byte)(word >> (8 * i))];
        }
        foreach (var value in bytes)
            crc = Tables[0][(byte)(crc ^ value)] ^ (crc >> 8);
        inverted = ~crc;
    }

    // Tables[n][b]: the effect of byte b with n bytes after it.
    private static uint[][] MakeTables()
    {
        var tables = new uint[sizeof(ulong)][];
        for (var n = 0; n < tables.Length; n++)
        {
            tables[n] = new uint[256];
            for (uint value = 0; value < 256; value++)
                tables[n][value] = n == 0 ? ShiftByte(value) : tables[0][(byte)tables[n - 1][value]] ^ (tables[n - 1][value] >> 8);
        }
        return tables;
    }

    private static uint ShiftByte(uint crc)
    {
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
        return crc;
    }
}
