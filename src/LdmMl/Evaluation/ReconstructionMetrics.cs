using System.Globalization;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl;

/// <summary>How much an autoencoder keeps of the images of a data view: means over the rows, with confidence intervals.</summary>
/// <remarks>A figure without a value in any row is null; <see cref="Warnings"/> says why. The estimate of an interval is the figure itself.</remarks>
public sealed class ReconstructionMetrics
{
    private static readonly BootstrapInterval Nothing = new(0, 0, 0, Count: 0, new BootstrapOptions());

    internal ReconstructionMetrics()
    {
    }

    /// <summary>Gets the mean absolute difference of pixel values in [0, 1]; lower is better.</summary>
    public double MeanAbsoluteError => MeanAbsoluteErrorInterval.Estimate;

    /// <summary>Gets the interval of <see cref="MeanAbsoluteError"/>.</summary>
    public BootstrapInterval MeanAbsoluteErrorInterval { get; internal init; } = Nothing;

    /// <summary>Gets the square root of the mean over the rows of the mean squared difference of pixel values in [0, 1]; lower is better.</summary>
    public double RootMeanSquaredError => RootMeanSquaredErrorInterval.Estimate;

    /// <summary>Gets the interval of <see cref="RootMeanSquaredError"/>.</summary>
    public BootstrapInterval RootMeanSquaredErrorInterval { get; internal init; } = Nothing;

    /// <summary>
    /// Gets the mean peak signal-to-noise ratio in dB over the pairs that are not equal, higher is better; null if all are equal.
    /// </summary>
    public double? Psnr => PsnrInterval?.Estimate;

    /// <summary>Gets the interval of <see cref="Psnr"/>.</summary>
    public BootstrapInterval? PsnrInterval { get; internal init; }

    /// <summary>Gets the mean structural similarity, -1 to 1; higher is better.</summary>
    public double Ssim => SsimInterval.Estimate;

    /// <summary>Gets the interval of <see cref="Ssim"/>.</summary>
    public BootstrapInterval SsimInterval { get; internal init; } = Nothing;

    /// <summary>Gets the mean multi-scale structural similarity over the pairs that are large enough for it; null if none is.</summary>
    public double? MsSsim => MsSsimInterval?.Estimate;

    /// <summary>Gets the interval of <see cref="MsSsim"/>.</summary>
    public BootstrapInterval? MsSsimInterval { get; internal init; }

    /// <summary>Gets the mean perceptual distance, lower is better; null if no perceptual model was given.</summary>
    public double? PerceptualDistance => PerceptualDistanceInterval?.Estimate;

    /// <summary>Gets the interval of <see cref="PerceptualDistance"/>.</summary>
    public BootstrapInterval? PerceptualDistanceInterval { get; internal init; }

    /// <summary>Gets the name of <see cref="PerceptualDistance"/>: LPIPS with its version and network, or an uncalibrated distance.</summary>
    public string? PerceptualDistanceName { get; internal init; }

    /// <summary>
    /// Gets the Fréchet distance (rFID if they are Inception's) between the features of originals and reconstructions; null if no feature model was
    /// given.
    /// </summary>
    public double? FrechetDistance { get; internal init; }

    /// <summary>Gets the name of <see cref="FrechetDistance"/>: <c>rFID</c> only if Inception-v3 computed the features.</summary>
    public string? FrechetDistanceName { get; internal init; }

    /// <summary>Gets how many pairs were measured.</summary>
    public long Count { get; internal init; }

    /// <summary>Gets how many rows were left out because one of their images is missing.</summary>
    public long MissingCount { get; internal init; }

    /// <summary>Gets how many pairs are equal in every pixel; their infinite ratio is not part of <see cref="Psnr"/>.</summary>
    public long EqualCount { get; internal init; }

    /// <summary>Gets what to keep in mind when reading the figures; empty if nothing.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>Gets everything that the figures depend on besides the images.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; internal init; } = new Dictionary<string, string>();

    /// <summary>Gets a hash of <see cref="Settings"/>: only figures with the same fingerprint are comparable.</summary>
    public string SettingsFingerprint { get; internal init; } = "";

    /// <summary>Formats the figures in one line, without those that are null.</summary>
    /// <returns>Such as <c>MAE 0.0123, RMSE 0.0211, PSNR 33.51 dB, SSIM 0.9712, LPIPS 0.1 (VGG-16) 0.0342 (24 pairs)</c>.</returns>
    public override string ToString()
    {
        string?[] figures =
        [
            Figure("MAE", MeanAbsoluteError, "0.0000"),
            Figure("RMSE", RootMeanSquaredError, "0.0000"),
            Figure("PSNR", Psnr, "0.00' dB'"),
            Figure("SSIM", Ssim, "0.0000"),
            Figure("MS-SSIM", MsSsim, "0.0000"),
            Figure(PerceptualDistanceName, PerceptualDistance, "0.0000"),
            Figure(FrechetDistanceName, FrechetDistance, "G6"),
        ];
        return $"{string.Join(", ", figures.OfType<string>())} ({Count} {(Count == 1 ? "pair" : "pairs")})";
    }

    private static string? Figure(string? name, double? value, string format) =>
        value is { } number ? $"{name} {number.ToString(format, CultureInfo.InvariantCulture)}" : null;
}
