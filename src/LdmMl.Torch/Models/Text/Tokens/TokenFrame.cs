namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>What stands around the tokens of a text.</summary>
/// <param name="Length">The length of every row, at least 2.</param>
/// <param name="Start">The first token.</param>
/// <param name="End">The token after the text's last; of a text that is cut, too.</param>
/// <param name="Pad">The token of the rest.</param>
internal sealed record TokenFrame(int Length, int Start, int End, int Pad);
