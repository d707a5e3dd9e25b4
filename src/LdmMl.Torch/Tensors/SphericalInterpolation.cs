namespace LdmMl.Torch.Tensors;

/// <summary>Interpolation along a great circle (Shoemake 1985, "Animating rotation with quaternion curves", section 3.3).</summary>
/// <remarks>
/// Latents and noise of many dimensions lie near a sphere: the middle of the straight line between two of them is too short by a factor
/// of about 1.4 and decodes to something pale. Sums run in double precision from the first value to the last, so a result depends only on
/// its two latents.
/// </remarks>
internal static class SphericalInterpolation
{
    // The sine of the angle below which latents count as parallel or opposite: float32 represents directions to about 1e-7.
    private const double SmallestSine = 1e-6;

    /// <summary>Computes sin((1 - t) a) / sin(a) * first + sin(t a) / sin(a) * second, where a is the angle between the two.</summary>
    /// <param name="first">The latent at t = 0.</param>
    /// <param name="second">The latent at t = 1; of the same length.</param>
    /// <param name="fraction">t, from 0 to 1.</param>
    /// <param name="result">Filled; of the same length.</param>
    public static void Interpolate(ReadOnlySpan<float> first, ReadOnlySpan<float> second, double fraction, Span<float> result)
    {
        if (fraction is 0 or 1)
        {
            (fraction == 0 ? first : second).CopyTo(result);
            return;
        }

        (var firstWeight, var secondWeight) = Weights(Angle(first, second), fraction);
        for (var i = 0; i < result.Length; i++)
            result[i] = (float)(firstWeight * first[i] + secondWeight * second[i]);
    }

    /// <summary>Gets both weights: those of linear interpolation if there is no unique shortest arc.</summary>
    private static (double First, double Second) Weights(double? angle, double fraction)
    {
        var sine = Math.Sin(angle ?? 0);
        return sine < SmallestSine
            ? (1 - fraction, fraction)
            : (Math.Sin((1 - fraction) * angle!.Value) / sine, Math.Sin(fraction * angle.Value) / sine);
    }

    /// <summary>Gets the angle between two vectors, from 0 to pi; null if one has no direction.</summary>
    /// <remarks>From the sum and the difference of the unit vectors (Kahan): an arc cosine would lose half of the digits of a small angle.</remarks>
    private static double? Angle(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        (var firstLength, var secondLength) = (Length(first), Length(second));
        if (firstLength == 0 || secondLength == 0)
            return null;
        double sum = 0, difference = 0;
        for (var i = 0; i < first.Length; i++)
        {
            (var u, var v) = (first[i] / firstLength, second[i] / secondLength);
            sum += (u + v) * (u + v);
            difference += (u - v) * (u - v);
        }

        return 2 * Math.Atan2(Math.Sqrt(difference), Math.Sqrt(sum));
    }

    private static double Length(ReadOnlySpan<float> vector)
    {
        double squares = 0;
        foreach (var value in vector)
            squares += (double)value * value;
        return Math.Sqrt(squares);
    }
}
