namespace LdmMl.Torch.Models.Perceptual;

/// <summary>A basic block of a residual network (He et al. 2016, figure 2): two 3x3 convolutions and a shortcut.</summary>
/// <param name="Index">The index.</param>
/// <param name="OutChannels">The channels of its output.</param>
/// <param name="Halves">Whether it halves both sides, with a 1x1 convolution as its shortcut.</param>
/// <param name="IsLayer">Whether its output is one of the compared layers.</param>
internal sealed record ResidualStep(int Index, int OutChannels, bool Halves, bool IsLayer) : TrunkStep(Index, IsLayer)
{
    public override long Side(long side) => Halves ? (side + 1) / 2 : side;

    public override int Channels(int channels) => OutChannels;
}
