using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>The embedding of a vector that is added to the time embedding; nested one module deeper than the latter, as in the reference.</summary>
internal sealed class VectorEmbedding : Module<Tensor, Tensor>
{
    // The name is a checkpoint key.
    [ComponentName(Name = "0")]
    private readonly TimeEmbedding layers;

    public VectorEmbedding(int dimension, int channels, Device? device) : base(nameof(VectorEmbedding))
    {
        layers = new TimeEmbedding(dimension, channels, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor vectors) => layers.call(vectors);   // [B, D] -> [B, C]
}
