namespace LdmMl.Cli.Output;

/// <summary>A latent, as <c>ldmml encode</c> reports it.</summary>
/// <param name="Image">The image's name.</param>
/// <param name="Shape">Channels, height and width.</param>
/// <param name="Mean">The mean of its values.</param>
/// <param name="Deviation">Their standard deviation.</param>
internal sealed record LatentScore(string Image, long[] Shape, double Mean, double Deviation)
{
    /// <summary>Measures a latent.</summary>
    public static LatentScore Of(string image, long[] shape, ReadOnlySpan<float> values)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var value in values)
            sum += value;
        var mean = sum / values.Length;
        foreach (var value in values)
            squares += (value - mean) * (value - mean);
        return new(image, shape, mean, Math.Sqrt(squares / values.Length));
    }

    /// <summary>Gets mean and deviation of all values of some latents, at least one.</summary>
    public static (double Mean, double Deviation) OfAll(IReadOnlyCollection<LatentScore> latents)
    {
        var count = latents.Sum(latent => latent.Count);
        var mean = latents.Sum(latent => latent.Count * latent.Mean) / count;
        var squares = latents.Sum(latent => latent.Count * ((latent.Deviation * latent.Deviation) + ((latent.Mean - mean) * (latent.Mean - mean))));
        return (mean, Math.Sqrt(squares / count));
    }

    private double Count => Shape.Aggregate(1.0, (product, side) => product * side);
}
