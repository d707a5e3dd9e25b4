using LdmMl.Torch.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>A learned vector for each token or each position.</summary>
internal sealed class EmbeddingTable : Module<Tensor, Tensor>
{
    // The field's name is a checkpoint key.
    private readonly Parameter weight;

    public EmbeddingTable(int rows, int width, Device? device) : base(nameof(EmbeddingTable))
    {
        weight = new Parameter(empty([rows, width], device: device));
        RegisterComponents();
        InitialValues.Normal(weight, 0.02);
    }

    /// <summary>Gets all rows, [rows, width].</summary>
    public Tensor Rows => weight;

    /// <summary>Reinitializes the rows from a generator.</summary>
    public void Initialize(double deviation, Generator generator) => weight.normal_(0, deviation, generator);

    public override Tensor forward(Tensor numbers)               // [B, T] -> [B, T, C]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(weight.index_select(0, numbers.flatten()).reshape([.. numbers.shape, weight.shape[1]]));
    }
}
