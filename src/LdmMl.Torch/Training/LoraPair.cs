using LdmMl.Torch.Generation.Loras;
using LdmMl.Torch.Training.States;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The two factors of one layer's change while they are trained, and the weight that they change.</summary>
internal sealed class LoraPair : IDisposable
{
    private const string Weight = ".weight";

    private readonly Tensor start;
    private readonly double strength;

    /// <summary>Creates a change of 0: A is random as in PEFT, uniform within 1 / sqrt(fan in), and B is 0.</summary>
    /// <param name="key">The weight's key in diffusers.</param>
    /// <param name="weight">The weight [out, in], which is copied.</param>
    /// <param name="options">The rank and alpha.</param>
    /// <param name="generator">Draws A.</param>
    public LoraPair(string key, Tensor weight, LoraTrainingOptions options, Generator generator)
    {
        Key = key;
        strength = options.AlphaUsed / options.Rank;
        using var noGradient = no_grad();
        start = weight.detach().clone().DetachFromDisposeScope();
        var (rows, columns) = (weight.shape[0], weight.shape[1]);
        var bound = 1 / Math.Sqrt(columns);
        Down = new Parameter(empty(options.Rank, columns).uniform_(-bound, bound, generator).to(weight.device));
        Up = new Parameter(zeros(rows, options.Rank, device: weight.device));
        foreach (var factor in Parameters)
            factor.DetachFromDisposeScope();
    }

    /// <summary>Gets the key of the weight in diffusers.</summary>
    public string Key { get; }

    /// <summary>Gets the name of the layer in diffusers.</summary>
    public string Layer => Key[..^Weight.Length];

    /// <summary>Gets A, [rank, in].</summary>
    public Parameter Down { get; }

    /// <summary>Gets B, [out, rank].</summary>
    public Parameter Up { get; }

    /// <summary>Gets both factors.</summary>
    public IReadOnlyList<Parameter> Parameters => [Down, Up];

    /// <summary>Sets a weight to the one with the change.</summary>
    public void MergeInto(Tensor weight) => weight.copy_(start.Plus(LoraLayer.Product(Up, Down, strength)));

    /// <summary>Computes the gradients of the factors from that of the weight [out, in].</summary>
    public void TakeGradient(Tensor gradient)
    {
        Down.grad = Up.transpose(0, 1).matmul(gradient) * Real(strength);
        Up.grad = gradient.matmul(Down.transpose(0, 1)) * Real(strength);
    }

    public void Write(TrainingSnapshot snapshot)
    {
        snapshot.Add($"{Layer}.down", Down);
        snapshot.Add($"{Layer}.up", Up);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        snapshot.Restore($"{Layer}.down", Down);
        snapshot.Restore($"{Layer}.up", Up);
    }

    public void Dispose()
    {
        start.Dispose();
        Down.Dispose();
        Up.Dispose();
    }
}
