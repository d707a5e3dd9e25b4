namespace LdmMl.Torch.Models.Perceptual;

/// <summary>SqueezeNet's module: a 1x1 squeeze convolution, then a 1x1 and a 3x3 expand convolution in parallel; a ReLU after each.</summary>
internal sealed record FireStep(int Index, int SqueezeChannels, int ExpandChannels, bool IsLayer) : TrunkStep(Index, IsLayer)
{
    public override long Side(long side) => side;

    public override int Channels(int channels) => 2 * ExpandChannels;
}
