namespace LdmMl.Torch.Models.Perceptual;

/// <summary>Max pooling.</summary>
/// <param name="Index">The index.</param>
/// <param name="Kernel">The window's side.</param>
/// <param name="IncludesPartial">Whether partial windows at the edge count (<c>ceil_mode</c>).</param>
internal sealed record PoolStep(int Index, int Kernel, bool IncludesPartial) : TrunkStep(Index, IsLayer: false)
{
    public const int Stride = 2;

    public override long Side(long side) => side + (IncludesPartial ? 1 : 0) < Kernel ? 0 : ((side - Kernel + (IncludesPartial ? 1 : 0)) / Stride) + 1;

    public override int Channels(int channels) => channels;
}
