using System.Globalization;

namespace LdmMl.Cli.Sharding;

/// <summary>
/// The part of the numbered work that one of several machines does: the numbers n with n mod <paramref name="Count"/> = <paramref name="Index"/>.
/// </summary>
/// <param name="Index">Which part, 0 to <paramref name="Count"/> - 1.</param>
/// <param name="Count">How many parts there are, at least 1.</param>
internal sealed record Shard(int Index, int Count)
{
    /// <summary>Gets the whole work as one part.</summary>
    public static Shard Whole { get; } = new(0, 1);

    /// <summary>Reads "i/n".</summary>
    /// <exception cref="ArgumentException">It is none; the message says what it should be.</exception>
    public static Shard Parse(string text)
    {
        if (text.Split('/') is not [var first, var second] || !IsNumber(first, out var index) || !IsNumber(second, out var count))
            throw new ArgumentException($"--shard is '{text}'; it must be i/n, such as 0/4 for the first of four.");
        if (count < 1)
            throw new ArgumentException($"--shard is {text}; there must be at least 1 shard.");
        return index < count
            ? new(index, count)
            : throw new ArgumentException($"--shard is {text}; shards are counted from 0, so of {count} the last is {count - 1}/{count}.");
    }

    /// <summary>Divides each part of this division further.</summary>
    /// <param name="inner">The part of a part.</param>
    public Shard Then(Shard inner) => new((Index * inner.Count) + inner.Index, checked(Count * inner.Count));

    /// <summary>Gets whether the piece of work with a number belongs to this part.</summary>
    public bool Has(long number) => number % Count == Index;

    /// <summary>Gets the numbers of this part, in their order.</summary>
    /// <param name="total">How many pieces of work there are.</param>
    public IEnumerable<int> Numbers(int total) => Enumerable.Range(0, total).Where(number => Has(number));

    /// <inheritdoc/>
    public override string ToString() => $"{Index}/{Count}";

    private static bool IsNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
