namespace LdmMl.Torch.Metrics;

/// <summary>
/// The settings of structural similarity. Published values are comparable only under the same settings, so each common choice has a name here.
/// </summary>
public sealed record SsimSettings
{
    /// <summary>Gets the weights of the neighbourhood.</summary>
    /// <value>Default: <see cref="SsimWindow.Gaussian"/>.</value>
    public SsimWindow Window { get; init; } = SsimWindow.Gaussian;

    /// <summary>Gets the side of the window in pixels; odd, at least 3, and at most the image's shorter side.</summary>
    /// <value>Default: 11.</value>
    public int WindowSize { get; init; } = 11;

    /// <summary>Gets the standard deviation of a Gaussian window in pixels, above 0; a uniform window does not use it.</summary>
    /// <value>Default: 1.5.</value>
    public double Sigma { get; init; } = 1.5;

    /// <summary>Gets the normalisation of the local variances.</summary>
    /// <value>Default: <see cref="SsimCovariance.Population"/>.</value>
    public SsimCovariance Covariance { get; init; } = SsimCovariance.Population;

    /// <summary>Gets what happens at the image's border.</summary>
    /// <value>Default: <see cref="SsimBorder.Inside"/>.</value>
    public SsimBorder Border { get; init; } = SsimBorder.Inside;

    /// <summary>Gets the constant that stabilises the comparison of means, above 0.</summary>
    /// <value>Default: 0.01.</value>
    public double K1 { get; init; } = 0.01;

    /// <summary>Gets the constant that stabilises the comparison of variances, above 0.</summary>
    /// <value>Default: 0.03.</value>
    public double K2 { get; init; } = 0.03;

    /// <summary>Gets the defaults of scikit-image's <c>structural_similarity</c>: a uniform 7x7 window and sample covariance.</summary>
    public static SsimSettings ScikitImage { get; } = new() { Window = SsimWindow.Uniform, WindowSize = 7, Covariance = SsimCovariance.Sample };

    /// <summary>
    /// Gets the settings of the paper (Wang et al. 2004): a Gaussian 11x11 window, sigma 1.5, population covariance.
    /// scikit-image computes the same with <c>gaussian_weights</c>, <c>sigma=1.5</c> and without <c>use_sample_covariance</c>.
    /// </summary>
    public static SsimSettings Wang2004 { get; } = new();

    /// <summary>Gets the defaults of torchmetrics' <c>structural_similarity_index_measure</c>: the paper's window, with mirrored borders.</summary>
    public static SsimSettings TorchMetrics { get; } = new() { Border = SsimBorder.Mirrored };

    /// <summary>Creates the settings of a Gaussian window truncated at 3.5 standard deviations, as in scikit-image and torchmetrics.</summary>
    /// <param name="sigma">Standard deviation in pixels, above 0.</param>
    /// <returns>Settings whose window has 2 * floor(3.5 sigma + 0.5) + 1 pixels a side.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sigma"/> is not above 0.</exception>
    public static SsimSettings Gaussian(double sigma)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        return new() { Sigma = sigma, WindowSize = (2 * (int)((3.5 * sigma) + 0.5)) + 1 };
    }

    /// <summary>Gets how many mirrored pixels pad every side of the image.</summary>
    internal int BorderWidth => Border == SsimBorder.Mirrored ? WindowSize / 2 : 0;

    /// <summary>Throws when a setting is outside its range.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message says which.</exception>
    internal void Validate()
    {
        if (WindowSize < 3 || WindowSize % 2 == 0)
            throw new ArgumentException($"The window of SSIM needs an odd side of at least 3 pixels, got WindowSize = {WindowSize}.");
        if (!(Sigma > 0 && K1 > 0 && K2 > 0))
            throw new ArgumentException($"SSIM needs Sigma, K1 and K2 above 0, got Sigma = {Sigma}, K1 = {K1}, K2 = {K2}.");
    }

    /// <summary>Computes the weights of the separable window along one axis; they sum to 1.</summary>
    internal double[] Weights()
    {
        var radius = WindowSize / 2;
        var weights = new double[WindowSize];
        for (var i = 0; i < WindowSize; i++)
            weights[i] = Window == SsimWindow.Uniform ? 1 : Math.Exp(-0.5 * (i - radius) * (i - radius) / (Sigma * Sigma));
        var sum = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / sum);
    }
}
