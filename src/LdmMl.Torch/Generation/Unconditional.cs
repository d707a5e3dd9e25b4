namespace LdmMl.Torch.Generation;

/// <summary>The model has no conditions; see <see cref="Conditioning.None"/>.</summary>
public sealed record Unconditional : Conditioning
{
    internal Unconditional()
    {
    }

    internal override string Summary => "unconditional";
}
