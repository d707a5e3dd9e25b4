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

    /// <summary>
    /// As above but in float32, as both references compute it: if sigma falls far, the difference of squares loses its digits, and the intermediate
    /// time at which the network is called depends on the result.
    /// </summary>
    public static (double Down, double Up) SplitAsSingle(double from, double to, double eta)
    {
        var (high, low) = ((float)from, (float)to);
        var up = Math.Min(low, (float)eta * MathF.Sqrt(low * low * ((high * high) - (low * low)) / (high * high)));
        var down = MathF.Sqrt((low * low) - (up * up));
        return down > 0 ? (down, up) : Split(from, to, eta);           // all digits were lost
    }
}
