using System.Numerics;

namespace LdmMl.Torch.Metrics;

/// <summary>One channel of two images of the same size.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="reference">Values of the reference: interleaved pixels [H, W, channels], or the plane itself with one channel.</param>
/// <param name="candidate">Values of the candidate in the same layout.</param>
/// <param name="channel">The channel to compare.</param>
/// <param name="channels">Channels of a pixel.</param>
internal readonly ref struct PlanePair<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> candidate, int channel, int channels)
    where T : unmanaged, INumberBase<T>
{
    public ReadOnlySpan<T> Reference { get; } = reference;

    public ReadOnlySpan<T> Candidate { get; } = candidate;

    public int Channel { get; } = channel;

    public int Channels { get; } = channels;

    /// <summary>Reads a row of both planes in double precision, with mirrored pixels on both sides; rows beyond the image are mirrored too.</summary>
    public void ReadRow(int row, int width, int height, int border, Span<double> referenceRow, Span<double> candidateRow)
    {
        var step = width * Channels;
        var start = Mirror(row - border, height) * step;
        Read(Reference.Slice(start, step), width, border, referenceRow);
        Read(Candidate.Slice(start, step), width, border, candidateRow);
    }

    private void Read(ReadOnlySpan<T> source, int width, int border, Span<double> target)
    {
        for (int column = 0, at = Channel; column < width; column++, at += Channels)
            target[border + column] = double.CreateTruncating(source[at]);
        for (var column = 0; column < border; column++)
        {
            target[column] = target[(2 * border) - column];
            target[border + width + column] = target[border + width - 2 - column];
        }
    }

    private static int Mirror(int index, int length) => index < 0 ? -index : index >= length ? (2 * length) - 2 - index : index;
}
