namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>Splits a step into one down below the target level and fresh noise up to it (Song et al. 2021, for sigmas).</summary>
internal static class AncestralNoise
{
    /// <summary>down² + up² = to².</summary>
    /// <param name="from">sigma before the step.</param>
    /// <param name="to">sigma after it.</param>
    /// <param name="eta">The fresh share of the posterior's noise, 0 to 1.</param>
    public static (double Down, double Up) Split(double from, double to, double eta)
    {
        var up = Math.Min(to, eta * Math.Sqrt(to * to * ((from * from) - (to * to)) / (from * from)));
        return (Math.Sqrt((to * to) - (up * up)), up);
    }
}
