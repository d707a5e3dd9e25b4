namespace LdmMl.Torch.Models.Perceptual;

/// <summary>Max pooling.</summary>
/// <param name="Index">The index.</param>
/// <param name="Kernel">The window's side.</param>
/// <param name="IncludesPartial">Whether partial windows at the edge count (<c>ceil_mode</c>).</param>
/// <param name="Padding">How many pixels that never win are added at each edge.</param>
internal sealed record PoolStep(int Index, int Kernel, bool IncludesPartial, int Padding = 0) : TrunkStep(Index, IsLayer: false)
{
    public const int Stride = 2;

    public override long Side(long side)
    {
        var padded = side + (2 * Padding) + (IncludesPartial ? 1 : 0);
        return padded < Kernel ? 0 : ((padded - Kernel) / Stride) + 1;
    }

    public override int Channels(int channels) => channels;
}
