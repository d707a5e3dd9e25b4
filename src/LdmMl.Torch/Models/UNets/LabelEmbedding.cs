using LdmMl.Torch.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>A learned embedding for each class label.</summary>
internal sealed class LabelEmbedding : Module<Tensor, Tensor>
{
    // The field's name is a checkpoint key.
    private readonly Parameter weight;

    public LabelEmbedding(int labels, int channels, Device? device) : base(nameof(LabelEmbedding))
    {
        weight = new Parameter(empty([labels, channels], device: device));
        RegisterComponents();
        InitialValues.Normal(weight, 1);
    }

    /// <summary>Reinitializes the embeddings from a generator.</summary>
    public void Initialize(Generator generator) => weight.normal_(0, 1, generator);

    public override Tensor forward(Tensor labels) => weight.index_select(0, labels);   // [B] -> [B, C]
}
