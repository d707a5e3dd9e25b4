namespace LdmMl.Cli.Comparing;

/// <summary>Keeps the few images that rank highest while many pass by; only these are ever made into pictures.</summary>
internal sealed class ExtremeImages(int capacity)
{
    private readonly List<(double Rank, ExampleImage Image)> kept = [];

    /// <summary>Gets the images, the highest rank first; of equal ranks the earlier image.</summary>
    public IReadOnlyList<ExampleImage> Images => [.. kept.Select(entry => entry.Image)];

    /// <summary>Keeps an image if it ranks among the highest and above 0.</summary>
    /// <param name="rank">Its rank; NaN has none.</param>
    /// <param name="make">Creates the pictures.</param>
    public void Offer(double rank, Func<ExampleImage> make)
    {
        if (!(rank > 0) || (kept.Count == capacity && (capacity == 0 || rank <= kept[^1].Rank)))
            return;
        var place = kept.FindIndex(entry => entry.Rank < rank);
        kept.Insert(place < 0 ? kept.Count : place, (rank, make()));
        if (kept.Count > capacity)
            kept.RemoveAt(capacity);
    }
}
