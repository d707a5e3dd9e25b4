namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>The tokens around a text.</summary>
/// <param name="Length">The length of every row, at least 2.</param>
/// <param name="Start">The first token.</param>
/// <param name="End">The token after the text, also if the text was cut off.</param>
/// <param name="Pad">The token that fills the rest of the row.</param>
internal sealed record TokenFrame(int Length, int Start, int End, int Pad);
