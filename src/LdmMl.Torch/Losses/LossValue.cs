namespace LdmMl.Torch.Losses;

/// <summary>The value of one term of a loss in one step.</summary>
/// <param name="Name">The term, for example <c>reconstruction</c>.</param>
/// <param name="Value">Its value before the weight.</param>
/// <param name="Weight">The factor that it has in the sum.</param>
public readonly record struct LossValue(string Name, double Value, double Weight)
{
    /// <summary>Gets the term's share of the loss: <see cref="Value"/> times <see cref="Weight"/>.</summary>
    public double Weighted => Value * Weight;
}
