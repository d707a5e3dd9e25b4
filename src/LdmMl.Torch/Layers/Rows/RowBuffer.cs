using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers.Rows;

/// <summary>Consecutive strips of a map. Owns them.</summary>
/// <param name="first">The first row that will be added.</param>
internal sealed class RowBuffer(long first) : IDisposable
{
    private readonly LinkedList<(long First, Tensor Strip)> pieces = new();

    /// <summary>Gets the row after the last one.</summary>
    public long End { get; private set; } = first;

    /// <summary>Adds the next strip, which it then owns.</summary>
    public void Add(Tensor strip)
    {
        pieces.AddLast((End, strip));
        End += strip.shape[2];
    }

    /// <summary>Removes the first strip and hands it over; null if there is none.</summary>
    public Tensor? TakeFirst()
    {
        if (pieces.First is not { } node)
            return null;
        pieces.RemoveFirst();
        return node.Value.Strip;
    }

    /// <summary>Returns views of the rows, strip by strip. The caller disposes them.</summary>
    public IEnumerable<Tensor> Views(long from, long to)
    {
        foreach (var (start, strip) in pieces)
        {
            var (begin, end) = (Math.Max(from, start), Math.Min(to, start + strip.shape[2]));
            if (begin < end)
                yield return strip.narrow(2, begin - start, end - begin).DetachFromDisposeScope();
        }
    }

    /// <summary>Returns the rows as one strip, channels last if its parts are, and otherwise contiguous. The caller disposes it.</summary>
    public Tensor Join(long from, long to)
    {
        Tensor[] views = [.. Views(from, to)];
        if (views is [var whole] && (whole.IsChannelsLast() || whole.is_contiguous()))
            return whole;
        using var scope = NewDisposeScope();
        var joined = views.All(view => view.dtype == ScalarType.Float32 && view.IsChannelsLast()) ? JoinPixels(views) : cat(views, dim: 2).contiguous();
        Array.ForEach(views, view => view.Dispose());
        return joined.DetachFromDisposeScope();
    }

    private static Tensor JoinPixels(Tensor[] views)
    {
        var joined = ResultMemory.Empty([1, views.Sum(view => view.shape[2]), views[0].shape[3], views[0].shape[1]]).permute(0, 3, 1, 2);
        var at = 0L;
        foreach (var view in views)
        {
            joined.narrow(2, at, view.shape[2]).copy_(view);
            at += view.shape[2];
        }

        return joined;
    }

    /// <summary>Frees the strips that end before a row.</summary>
    public void DropBefore(long row)
    {
        while (pieces.First is { Value: var (start, strip) } && start + strip.shape[2] <= row)
        {
            strip.Dispose();
            pieces.RemoveFirst();
        }
    }

    public void Dispose() => DropBefore(long.MaxValue);
}
