using LdmMl.Rows;
using LdmMl.Torch.Tensors;

namespace LdmMl.Models;

/// <summary>The rows of one batch as planes of floats, grouped by size; rows with a missing value are in no group.</summary>
internal class PlaneBatch(int channels, int capacity) : BatchInput
{
    private readonly List<PlaneGroup> groups = [];
    private readonly (PlaneGroup Group, int Index)?[] places = new (PlaneGroup, int)?[capacity];
    private readonly ImageSize[] originalSizes = new ImageSize[capacity];

    public IReadOnlyList<PlaneGroup> Groups => groups;

    /// <summary>Removes all rows. Memory for sizes that did not occur in the last batch is released.</summary>
    public sealed override void Clear()
    {
        Array.Clear(places);
        foreach (var unused in groups.Where(group => group.Count == 0))
            unused.Dispose();
        groups.RemoveAll(group => group.Count == 0);
        foreach (var group in groups)
            group.Clear();
    }

    /// <summary>Adds a row and returns its planes [C, H, W], to be written.</summary>
    /// <param name="slot">The row's place in the batch.</param>
    /// <param name="size">The size of the planes.</param>
    /// <param name="original">The size that the row's image had before it was padded; null if it was not.</param>
    public Span<float> Add(int slot, ImageSize size, ImageSize? original = null)
    {
        var group = groups.Find(candidate => candidate.Size == size);
        if (group is null)
            groups.Add(group = new PlaneGroup(channels, size));
        places[slot] = (group, group.Count);
        originalSizes[slot] = original ?? size;
        return group.Append(slot, capacity);
    }

    /// <summary>Finds a row, or null if its value is missing.</summary>
    public (PlaneGroup Group, int Index)? Find(int slot) => places[slot];

    /// <summary>Gets the size that a row's image had before it was padded.</summary>
    public ImageSize OriginalSize(int slot) => originalSizes[slot];

    public sealed override void Dispose()
    {
        foreach (var group in groups)
            group.Dispose();
        groups.Clear();
    }
}
