using LdmMl.Torch.Training.States;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>A copy of the weights with the smallest validation error so far, and the number of validations since then.</summary>
/// <param name="weights">The weights; still owned by the caller.</param>
internal sealed class BestWeights(IEnumerable<Parameter> weights) : IResumable, IDisposable
{
    private readonly Parameter[] weights = [.. weights];
    private Tensor[] copies = [];
    private double error = double.PositiveInfinity;

    /// <summary>Gets the number of validations since the smallest error.</summary>
    public int ValidationsSince { get; private set; }

    /// <summary>Copies the current weights if a validation found a smaller error than all before it.</summary>
    public void Consider(double found)
    {
        if (!(found < error))
        {
            ValidationsSince++;
            return;
        }

        (error, ValidationsSince) = (found, 0);
        using var noGradient = no_grad();
        if (copies.Length == 0)
            copies = [.. weights.Select(weight => empty_like(weight, requires_grad: false).DetachFromDisposeScope())];
        foreach (var (weight, copy) in weights.Zip(copies))
            copy.copy_(weight);
    }

    /// <summary>Restores the copies into the network.</summary>
    /// <returns>Whether there was a copy.</returns>
    public bool CopyToWeights()
    {
        using var noGradient = no_grad();
        foreach (var (weight, copy) in weights.Zip(copies))
            weight.copy_(copy);
        return copies.Length > 0;
    }

    public void Write(TrainingSnapshot snapshot)
    {
        snapshot.Add("best.count", copies.Length);
        snapshot.Add("best.since", ValidationsSince);
        using var smallest = tensor(error);
        snapshot.Add("best.error", smallest);
        for (var i = 0; i < copies.Length; i++)
            snapshot.Add($"best.{i}", copies[i]);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        using var noGradient = no_grad();
        using var smallest = tensor(0.0);
        snapshot.Restore("best.error", smallest);
        (error, ValidationsSince) = (smallest.Read<double>(), snapshot.Count("best.since"));
        if (snapshot.Count("best.count") == 0)
            return;
        copies = [.. weights.Select(weight => empty_like(weight, requires_grad: false).DetachFromDisposeScope())];
        for (var i = 0; i < copies.Length; i++)
            snapshot.Restore($"best.{i}", copies[i]);
    }

    public void Dispose()
    {
        foreach (var copy in copies)
            copy.Dispose();
    }
}
