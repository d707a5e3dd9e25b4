using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>The tokens of a text as a text encoder takes them: with start and end, cut or padded to one length.</summary>
/// <param name="Ids">The tokens, padding included.</param>
/// <param name="Count">How many of them belong to the text, start and end included.</param>
internal sealed record TokenRow(long[] Ids, int Count)
{
    /// <summary>Adds start and end, then cuts or pads.</summary>
    public static TokenRow Of(IReadOnlyList<int> ids, TokenFrame frame)
    {
        var kept = Math.Min(ids.Count, frame.Length - 2);
        var row = new long[frame.Length];
        Array.Fill(row, frame.Pad);
        row[0] = frame.Start;
        for (var index = 0; index < kept; index++)
            row[index + 1] = ids[index];
        row[kept + 1] = frame.End;
        return new TokenRow(row, kept + 2);
    }

    /// <summary>Returns 1 for each token of the text and 0 for padding, [length]. The caller disposes it.</summary>
    public Tensor Mask() => tensor(Enumerable.Range(0, Ids.Length).Select(place => place < Count ? 1L : 0).ToArray());
}
