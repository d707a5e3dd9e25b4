namespace LdmMl.Torch.Generation;

/// <summary>The model is told nothing; see <see cref="Conditioning.None"/>.</summary>
public sealed record Unconditional : Conditioning
{
    internal Unconditional()
    {
    }
}
