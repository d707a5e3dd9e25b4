namespace LdmMl.Torch.Generation;

/// <summary>The model has no conditions; see <see cref="Conditioning.None"/>.</summary>
internal sealed record Unconditional : Conditioning
{
    internal override string Summary => "unconditional";
}
