using LdmMl.Torch.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>Two linear layers with a SiLU between them: the embedding of sinusoids of the time, or of vectors.</summary>
internal sealed class TimeEmbedding : Module<Tensor, Tensor>
{
    // Names are checkpoint keys: the SiLU is number 1.
    [ComponentName(Name = "0")]
    private readonly LinearProjection first;
    [ComponentName(Name = "2")]
    private readonly LinearProjection second;

    public TimeEmbedding(int inChannels, int channels, Device? device) : base(nameof(TimeEmbedding))
    {
        first = new LinearProjection(inChannels, channels, device: device);
        second = new LinearProjection(channels, channels, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, Cin] -> [B, C]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(first.call(input).ThenSilu().Then(second));
    }
}
