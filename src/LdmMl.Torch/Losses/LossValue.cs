namespace LdmMl.Torch.Losses;

/// <summary>What one term of a loss was in one step.</summary>
/// <param name="Name">The term, for example <c>reconstruction</c>.</param>
/// <param name="Value">Its value before the weight.</param>
/// <param name="Weight">What it was multiplied by in the sum.</param>
public readonly record struct LossValue(string Name, double Value, double Weight);
