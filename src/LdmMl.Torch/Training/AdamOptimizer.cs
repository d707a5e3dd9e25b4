using LdmMl.Torch.Kernels;
using LdmMl.Torch.Training.States;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// Adam with decoupled weight decay (AdamW; Kingma and Ba 2015, Loshchilov and Hutter 2019), gradient clipping by norm and a learning-rate schedule.
/// </summary>
internal sealed class AdamOptimizer : IResumable, IDisposable
{
    private readonly Parameter[] parameters;
    private readonly int decaying;
    private readonly AdamMoments[] moments;
    private double gradientFactor = 1;

    /// <summary>Creates the optimiser.</summary>
    /// <param name="weights">The parameters to update.</param>
    /// <param name="scale">A further parameter that does not decay; null for none.</param>
    public AdamOptimizer(IEnumerable<Parameter> weights, Parameter? scale = null)
    {
        var all = weights.ToArray();
        decaying = all.Length;
        parameters = scale is null ? all : [.. all, scale];
        moments = [.. parameters.Select(parameter => new AdamMoments(parameter))];
    }

    /// <summary>Gets the learning rate of every step.</summary>
    public required LearningRateSchedule Schedule { get; init; }

    /// <summary>Gets the factor of the learning rate for some parameters; 1 for all others.</summary>
    public IReadOnlyDictionary<Parameter, double> RateFactors { get; init; } = new Dictionary<Parameter, double>();

    /// <summary>Gets the decay of the mean gradient.</summary>
    public required double Beta1 { get; init; }

    /// <summary>Gets the decay of the mean squared gradient.</summary>
    public required double Beta2 { get; init; }

    /// <summary>Gets the decoupled weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Gets the largest norm of all gradients together; null for any.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Gets the parameters that it updates.</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>Gets the number of steps that it has taken.</summary>
    public int Steps { get; private set; }

    /// <summary>Frees the gradients; a backward pass creates new ones.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in parameters)
            parameter.grad = null;
    }

    /// <summary>
    /// Computes the factor by which <see cref="Step"/> scales the gradients: to their mean over the batches, and to the largest norm allowed.
    /// </summary>
    /// <param name="batches">The number of batches whose gradients were added.</param>
    /// <returns>The norm of their mean before clipping; not finite where a gradient is not.</returns>
    public double Clip(int batches = 1)
    {
        var norm = GradientNorm() / batches;
        gradientFactor = (ClipNorm is { } limit && norm > limit ? limit / norm : 1) / batches;
        return norm;
    }

    /// <summary>Updates the parameters.</summary>
    /// <param name="step">The step of the training, from 1, which determines the rate.</param>
    /// <returns>The learning rate.</returns>
    public double Step(int step)
    {
        var rate = Schedule.At(step);
        Steps++;
        for (var i = 0; i < moments.Length; i++)
            moments[i].Step(Coefficients(RateFactors.GetValueOrDefault(parameters[i], 1), i < decaying ? WeightDecay : 0));
        return rate;

        AdamCoefficients Coefficients(double factor, double weightDecay) => new(factor * rate, Beta1, Beta2, weightDecay, Steps, gradientFactor);
    }

    public void Write(TrainingSnapshot snapshot)
    {
        snapshot.Add("optimizer.steps", Steps);
        for (var i = 0; i < moments.Length; i++)
        {
            snapshot.Add($"optimizer.{i}.mean", moments[i].Mean);
            snapshot.Add($"optimizer.{i}.square", moments[i].Square);
        }
    }

    public void Read(TrainingSnapshot snapshot)
    {
        Steps = snapshot.Count("optimizer.steps");
        for (var i = 0; i < moments.Length; i++)
        {
            snapshot.Restore($"optimizer.{i}.mean", moments[i].Mean);
            snapshot.Restore($"optimizer.{i}.square", moments[i].Square);
        }
    }

    public void Dispose()
    {
        ClearGradients();                                        // they take as much memory as the weights
        foreach (var moment in moments)
            moment.Dispose();
    }

    private double GradientNorm()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var norms = stack([.. parameters.Select(parameter => parameter.grad).OfType<Tensor>().Select(gradient => gradient.norm())]);
        return norms.norm().Read<float>();
    }
}
