using LdmMl.Torch.Tensors;

namespace LdmMl.Models;

/// <summary>The rows of one batch as planes of floats, grouped by size; rows with a missing value lie in no group.</summary>
internal sealed class PlaneBatch(int channels, int capacity) : IDisposable
{
    private readonly List<PlaneGroup> _groups = [];
    private readonly (PlaneGroup Group, int Index)?[] _places = new (PlaneGroup, int)?[capacity];

    public IReadOnlyList<PlaneGroup> Groups => _groups;

    /// <summary>Forgets all rows. A size that the last batch did not have gives its memory back.</summary>
    public void Clear()
    {
        Array.Clear(_places);
        foreach (PlaneGroup unused in _groups.Where(group => group.Count == 0))
            unused.Dispose();
        _groups.RemoveAll(group => group.Count == 0);
        foreach (PlaneGroup group in _groups)
            group.Clear();
    }

    /// <summary>Adds a row and returns its planes [C, H, W], to be written.</summary>
    public Span<float> Add(int slot, ImageSize size)
    {
        PlaneGroup? group = _groups.Find(candidate => candidate.Size == size);
        if (group is null)
            _groups.Add(group = new PlaneGroup(channels, size));
        _places[slot] = (group, group.Count);
        return group.Append(slot, capacity);
    }

    /// <summary>Finds a row, or null where its value is missing.</summary>
    public (PlaneGroup Group, int Index)? Find(int slot) => _places[slot];

    public void Dispose()
    {
        foreach (PlaneGroup group in _groups)
            group.Dispose();
        _groups.Clear();
    }
}
