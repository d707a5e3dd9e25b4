using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>Leaky ReLU, in place. A module, because its index in a list of modules counts in checkpoint keys.</summary>
internal sealed class LeakyRelu(double negativeSlope) : Module<Tensor, Tensor>(nameof(LeakyRelu))
{
    public override Tensor forward(Tensor input) => input.leaky_relu_(Real(negativeSlope)).alias();
}
