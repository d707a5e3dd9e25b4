using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>
/// Latents in a file, read when a batch needs them. The pages of the file are the system's cache, not this process's memory: it stays small however
/// many there are, and a file that was cut short is an error with a sentence. (Of a mapped file the pages that were used count as the process's, and one
/// that was cut short ends it without a word.)
/// </summary>
internal sealed class FileLatents : ILatents
{
    private readonly string path;
    private readonly long start;
    private readonly SafeFileHandle file;
    private readonly List<double> factors = [];
    private readonly float[] row;

    /// <summary>Takes a file.</summary>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="file">The open file, which this disposes.</param>
    /// <param name="layout">What it holds.</param>
    /// <param name="start">Where the first latent begins, in bytes.</param>
    public FileLatents(string path, SafeFileHandle file, LatentLayout layout, long start)
    {
        (this.path, this.file, Layout, this.start) = (path, file, layout, start);
        row = new float[layout.RowBytes / sizeof(float)];
    }

    public LatentLayout Layout { get; }

    public void Write(long first, Tensor means, Tensor? deviations)
    {
        using var scope = NewDisposeScope();
        var rows = deviations is null ? means.flatten(1) : cat([means.flatten(1), deviations.flatten(1)], 1);   // [B, values of a latent]
        RandomAccess.Write(file, rows.contiguous().bytes, start + (first * Layout.RowBytes));
    }

    public (Tensor Means, Tensor? Deviations) Read(ReadOnlySpan<long> rows)
    {
        var means = empty(Layout.Shape(rows.Length));
        var deviations = Layout.Varies ? empty(Layout.Shape(rows.Length)) : null;
        for (var i = 0; i < rows.Length; i++)
        {
            ReadRow(rows[i]);
            row.AsSpan(0, Layout.Values).CopyTo(ValuesOf(means, i));
            if (deviations is not null)
                row.AsSpan(Layout.Values).CopyTo(ValuesOf(deviations, i));
        }

        foreach (var factor in factors)
        {
            means.mul_(Real(factor));
            deviations?.mul_(Real(factor));
        }

        return (means, deviations);
    }

    // The file keeps what the first stage gave; a product in memory has the same bits.
    public void Multiply(double factor) => factors.Add(factor);

    public void Dispose() => file.Dispose();

    private void ReadRow(long place)
    {
        var bytes = MemoryMarshal.AsBytes(row.AsSpan());
        var offset = start + (place * Layout.RowBytes);
        for (var read = 0; read < bytes.Length;)
        {
            var more = RandomAccess.Read(file, bytes[read..], offset + read);
            if (more == 0)
            {
                throw new IOException(
                    $"The latents in '{path}' end before image {place % Layout.Images}: something shortened the file while it was in use. "
                    + "Start again, or resume from the state, if there is one: the latents are then computed again.");
            }

            read += more;
        }
    }

    private Span<float> ValuesOf(Tensor batch, int index) =>
        MemoryMarshal.Cast<byte, float>(batch.bytes).Slice(index * Layout.Values, Layout.Values);
}
