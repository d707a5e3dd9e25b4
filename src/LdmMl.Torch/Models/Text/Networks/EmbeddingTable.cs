using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>A learned vector for each token or each position.</summary>
internal sealed class EmbeddingTable : Module<Tensor, Tensor>, IHalfWeight
{
    // The field's name is a checkpoint key.
    private Parameter weight;

    public EmbeddingTable(int rows, int width, Device? device) : base(nameof(EmbeddingTable))
    {
        weight = new Parameter(InitialValues.Undefined([rows, width], device));
        RegisterComponents();
        InitialValues.Normal(weight, 0.02);
    }

    /// <summary>Gets all rows, [rows, width]; float32 or float16.</summary>
    public Tensor Rows => weight;

    /// <inheritdoc/>
    public void SetWeight(Tensor weight)
    {
        using var old = this.weight;
        this.weight = HalfWeight.ParameterOf(weight);
        ConditionallyRegisterParameter(nameof(weight), this.weight);
    }

    /// <summary>Reinitializes the rows from a generator.</summary>
    public void Initialize(double deviation, Generator generator) => weight.normal_(0, deviation, generator);

    public override Tensor forward(Tensor numbers)               // [B, T] -> [B, T, C]
    {
        using var scope = NewDisposeScope();
        var rows = weight.index_select(0, numbers.flatten());
        return scope.MoveToOuter(rows.to(HalfWeight.FormatOf(weight)).reshape([.. numbers.shape, weight.shape[1]]));
    }
}
