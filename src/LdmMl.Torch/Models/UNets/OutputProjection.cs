using LdmMl.Torch.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>The linear layer after an attention; the dropout after it in the reference makes it number 0 of a list.</summary>
internal sealed class OutputProjection : Module<Tensor, Tensor>
{
    // The name is a checkpoint key.
    [ComponentName(Name = "0")]
    private readonly LinearProjection linear;

    public OutputProjection(int channels, Device? device) : base(nameof(OutputProjection))
    {
        linear = new LinearProjection(channels, channels, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => linear.call(input);   // [B, T, C] -> [B, T, C]
}
