using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace LdmMl.Fuzz;

/// <summary>Mutates files: single bits and bytes, lengths, whole pieces, and numbers and words of text. A seed determines everything.</summary>
/// <param name="seed">The seed.</param>
internal sealed class Mutator(int seed)
{
    private const int LargestFile = 1 << 20;

    private static readonly long[] Interesting =
        [0, 1, -1, 127, 128, 255, 256, 32767, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 40];

    private static readonly string[] Words =
        ["null", "true", "[]", "{}", "\"\"", "-1", "1e400", "NaN", "Infinity", "99999999999", "0.5", "\"x\"", "[[[[[[", "\\u0000", "*a", "&a", "!!python/object:os.system"];

    private readonly Random random = new(seed);

    /// <summary>Creates a mutated file.</summary>
    public byte[] Next(Corpus corpus)
    {
        var samples = corpus.Files;
        var bytes = new List<byte>(corpus.Pick(random));
        for (var changes = 1 + random.Next(6); changes > 0; changes--)
            Change(bytes, samples);
        if (bytes.Count > LargestFile)
            bytes.RemoveRange(LargestFile, bytes.Count - LargestFile);
        return [.. bytes];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> samples)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }

        var at = Position(bytes.Count);
        switch (random.Next(9))
        {
            case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1: bytes[at] = (byte)random.Next(256); break;
            case 2: bytes.Insert(at, (byte)random.Next(256)); break;
            case 3: bytes.RemoveRange(at, Math.Min(1 + random.Next(16), bytes.Count - at)); break;
            case 4: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(1 + random.Next(256), bytes.Count - at))); break;
            case 5: Splice(bytes, at, samples[random.Next(samples.Count)]); break;
            case 6: Overwrite(bytes, at); break;
            case 7: ReplaceToken(bytes, at); break;
            default:
                if (random.Next(4) == 0)
                    bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }

    // Headers are at the beginning and directories at the end, so half of all mutations go there.
    private int Position(int count) => random.Next(4) switch
    {
        0 => random.Next(Math.Min(count, 256)),
        1 => count - 1 - random.Next(Math.Min(count, 256)),
        _ => random.Next(count),
    };

    private void Splice(List<byte> bytes, int at, byte[] other)
    {
        var start = random.Next(other.Length);
        bytes.InsertRange(at, other.AsSpan(start, Math.Min(1 + random.Next(512), other.Length - start)).ToArray());
    }

    private void Overwrite(List<byte> bytes, int at)
    {
        var value = Interesting[random.Next(Interesting.Length)];
        var number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        var size = 1 << random.Next(4);
        for (var i = 0; i < size && at + i < bytes.Count; i++)
            bytes[at + i] = number[i];
    }

    // Replaces the run of letters or digits around a position.
    private void ReplaceToken(List<byte> bytes, int at)
    {
        var (start, end) = (at, at);
        while (start > 0 && at - start < 32 && IsToken(bytes[start - 1]))
            start--;
        while (end < bytes.Count && end - at < 32 && IsToken(bytes[end]))
            end++;
        bytes.RemoveRange(start, end - start);
        var text = random.Next(2) == 0
            ? Words[random.Next(Words.Length)]
            : Interesting[random.Next(Interesting.Length)].ToString(CultureInfo.InvariantCulture);
        bytes.InsertRange(start, Encoding.UTF8.GetBytes(text));
    }

    private static bool IsToken(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'.' or (byte)'_' or (byte)'-';
}
