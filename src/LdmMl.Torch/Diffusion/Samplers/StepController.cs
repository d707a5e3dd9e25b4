namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Chooses the width of a row's next step by the error of the last (a PID controller, as in k-diffusion's <c>dpm_adaptive</c>; Söderlind 2003).
/// </summary>
/// <param name="options">The coefficients.</param>
/// <param name="width">The first width.</param>
internal sealed class StepController(DpmAdaptiveSampler options, double width)
{
    private const double Smallest = 1e-8;

    private readonly double order = options.Eta > 0 ? 1.5 : options.Order;
    private double[]? past;

    /// <summary>Gets the width that the next step should have.</summary>
    public double Width { get; private set; } = width;

    /// <summary>Takes the error of an attempt into account.</summary>
    /// <param name="error">1 is as much as is tolerated.</param>
    /// <returns>Whether the attempt counts.</returns>
    public bool Accept(double error)
    {
        var inverse = 1 / (error + Smallest);
        past ??= [inverse, inverse];
        var (p, i, d) = (options.Proportional, options.Integral, options.Derivative);
        var wanted = Math.Pow(inverse, (p + i + d) / order) * Math.Pow(past[0], -(p + (2 * d)) / order) * Math.Pow(past[1], d / order);
        var factor = 1 + Math.Atan(wanted - 1);
        var accepts = factor >= options.AcceptSafety;
        if (accepts)
            past = [inverse, past[0]];
        Width *= factor;
        return accepts;
    }
}
