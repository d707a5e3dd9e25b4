using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Models;

/// <summary>
/// The activations of references. Those of a reference with the same pixels as in the previous row, in this batch or the last, are computed once.
/// </summary>
/// <param name="model">The model that computes them.</param>
/// <param name="range">The range of the pixels.</param>
internal sealed class ReferenceActivations(PerceptualModel model, PixelRange range) : IDisposable
{
    private float[] lastPixels = [];
    private ImageSize lastSize;
    private PerceptualFeatures? last, batch;

    /// <summary>Gets the activations of a batch's references: one for each row, or one for all. They are valid until the next call.</summary>
    /// <param name="pairs">The rows [reference 3 + candidate 3, H, W] of one size.</param>
    public PerceptualFeatures Of(PlaneGroup pairs)
    {
        batch?.Dispose();
        batch = null;
        (var sources, var rows) = FindRepetitions(pairs);
        if (rows.Count == 0)
            return last!;
        var fresh = Compute(pairs, rows);
        batch = fresh;
        if (rows.Count < pairs.Count && (rows.Count > 1 || sources[0] < 0))
        {
            batch = PerceptualFeatures.Gather([.. sources.Select(source => source < 0 ? (last!, 0) : (fresh, source))]);
            fresh.Dispose();
        }

        Remember(pairs);
        return batch;
    }

    public void Dispose()
    {
        batch?.Dispose();
        last?.Dispose();
    }

    private static ReadOnlySpan<float> Pixels(PlaneGroup pairs, int row)
    {
        var both = pairs.Row(row);
        return both[..(both.Length / 2)];
    }

    /// <summary>Finds for each row which of the rows to compute has its reference, or -1 for the last one of the batch before.</summary>
    private (int[] Sources, List<int> Rows) FindRepetitions(PlaneGroup pairs)
    {
        var rows = new List<int>();
        var sources = new int[pairs.Count];
        for (var row = 0; row < pairs.Count; row++)
        {
            var before = row > 0 ? Pixels(pairs, row - 1) : last is not null && lastSize == pairs.Size ? lastPixels : [];
            if (!Pixels(pairs, row).SequenceEqual(before))
                rows.Add(row);
            sources[row] = rows.Count - 1;
        }

        return (sources, rows);
    }

    private PerceptualFeatures Compute(PlaneGroup pairs, List<int> rows)
    {
        using var scope = NewDisposeScope();
        var references = pairs.Rows().narrow(1, 0, 3);
        if (rows.Count < pairs.Count)
            references = references.index_select(0, tensor(rows.ToArray()));
        return model.Features(references, range);
    }

    private void Remember(PlaneGroup pairs)
    {
        last?.Dispose();
        last = PerceptualFeatures.Gather([(batch!, (int)batch!.Count - 1)]);
        lastPixels = Pixels(pairs, pairs.Count - 1).ToArray();
        lastSize = pairs.Size;
    }
}
