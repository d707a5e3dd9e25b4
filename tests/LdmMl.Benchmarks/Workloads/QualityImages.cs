namespace LdmMl.Benchmarks.Workloads;

/// <summary>Two images of one megapixel, [1024, 1024, 3] bytes: the same integers as in Peers/metrics.py.</summary>
internal static class QualityImages
{
    public const int Side = 1024;

    public static (byte[] Reference, byte[] Candidate) Make()
    {
        var (reference, candidate) = (new byte[Side * Side * 3], new byte[Side * Side * 3]);
        for (var i = 0; i < reference.Length; i++)
        {
            var (c, x, y) = (i % 3, i / 3 % Side, i / 3 / Side);
            reference[i] = (byte)(((3 * x) + (5 * y) + (40 * c) + (((x * x) + (7 * y * y) + (13 * c)) >> 6)) & 255);
            candidate[i] = (byte)Math.Clamp(reference[i] + (((31 * x) + (17 * y) + (7 * c)) % 41) - 20, 0, 255);
        }

        return (reference, candidate);
    }
}
