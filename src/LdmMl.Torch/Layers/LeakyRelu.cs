using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>What is below 0 counts by a slope, in place. A module, because its place in a list of modules counts in checkpoint keys.</summary>
internal sealed class LeakyRelu(double negativeSlope) : Module<Tensor, Tensor>(nameof(LeakyRelu))
{
    public override Tensor forward(Tensor input) => input.leaky_relu_(Real(negativeSlope)).alias();
}
