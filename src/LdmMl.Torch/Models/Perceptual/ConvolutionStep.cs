namespace LdmMl.Torch.Models.Perceptual;

/// <summary>A convolution followed by ReLU.</summary>
internal sealed record ConvolutionStep(int Index, int OutChannels, int Kernel, int Stride, int Padding, bool IsLayer) : TrunkStep(Index, IsLayer)
{
    public override long Side(long side) => side + (2 * Padding) < Kernel ? 0 : ((side + (2 * Padding) - Kernel) / Stride) + 1;

    public override int Channels(int channels) => OutChannels;
}
