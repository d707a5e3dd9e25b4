namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Chooses the width of a row's next step from the error of the last (a PID controller, as in k-diffusion's <c>dpm_adaptive</c>; Söderlind 2003).
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

    /// <summary>Updates the width by the error of an attempt.</summary>
    /// <param name="error">The error; 1 is exactly the tolerance.</param>
    /// <returns>Whether the attempt is accepted.</returns>
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
