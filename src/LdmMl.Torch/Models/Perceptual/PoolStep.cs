namespace LdmMl.Torch.Models.Perceptual;

/// <summary>The largest value of each window.</summary>
/// <param name="Index">The index.</param>
/// <param name="Kernel">The window's side.</param>
/// <param name="IncludesPartial">Whether a window that reaches over the edge counts (<c>ceil_mode</c>).</param>
internal sealed record PoolStep(int Index, int Kernel, bool IncludesPartial) : TrunkStep(Index, IsLayer: false)
{
    public const int Stride = 2;

    public override long Side(long side) => side + (IncludesPartial ? 1 : 0) < Kernel ? 0 : ((side - Kernel + (IncludesPartial ? 1 : 0)) / Stride) + 1;

    public override int Channels(int channels) => channels;
}
