using System.Buffers.Binary;

namespace LdmMl.Images;

/// <summary>The segments of a JPEG file before its pixels.</summary>
internal ref struct JpegSegments(ReadOnlySpan<byte> jpeg)
{
    private const byte StartOfScan = 0xDA;

    private ReadOnlySpan<byte> rest = jpeg[2..];

    /// <summary>Gets the second byte of the segment's marker.</summary>
    public byte Kind { get; private set; }

    /// <summary>Gets the segment without marker and length.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Gets whether the segment is a frame header, which says how large the image is and how many colours it has.</summary>
    public readonly bool IsFrame => Kind is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>Moves to the next segment.</summary>
    /// <returns>Whether there is one before the pixels.</returns>
    public bool Next()
    {
        // A marker may follow any number of filler bytes.
        while (rest is [0xFF, 0xFF, ..])
            rest = rest[1..];
        if (rest is not [0xFF, not StartOfScan, _, _, ..])
            return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        if (length < 2 || length > rest.Length - 2)
            return false;
        Kind = rest[1];
        Payload = rest[4..(2 + length)];
        rest = rest[(2 + length)..];
        return true;
    }
}
