using System.Globalization;
using LdmMl.Torch.Metrics;

namespace LdmMl;

/// <summary>How close a set of generated images is to a set of real ones.</summary>
/// <remarks>Every figure is finite, however few the images; <see cref="Warnings"/> says how far it can be trusted.</remarks>
public sealed class GenerationMetrics
{
    internal GenerationMetrics()
    {
    }

    /// <summary>
    /// Gets the Fréchet distance (FID where the features are Inception's; Heusel et al. 2017) between normal distributions fitted to the features:
    /// 0 for equal ones, lower is better.
    /// </summary>
    public double FrechetDistance { get; internal init; }

    /// <summary>Gets the name of <see cref="FrechetDistance"/>: <c>FID</c> only if Inception-v3 computed the features.</summary>
    public string FrechetDistanceName { get; internal init; } = "";

    /// <summary>
    /// Gets the kernel distance (KID where the features are Inception's; Bińkowski et al. 2018), unbiased: about 0 for equal distributions, and
    /// then below 0 as often as above; lower is better.
    /// </summary>
    public double KernelDistance { get; internal init; }

    /// <summary>Gets the name of <see cref="KernelDistance"/>: <c>KID</c> only if Inception-v3 computed the features.</summary>
    public string KernelDistanceName { get; internal init; } = "";

    /// <summary>Gets the standard deviation of the kernel distance over pairs of random subsets.</summary>
    public double KernelDistanceStandardDeviation { get; internal init; }

    /// <summary>Gets the share of generated images that look real, 0 to 1 (Kynkäänniemi et al. 2019).</summary>
    public double Precision { get; internal init; }

    /// <summary>Gets the share of real images that could have been generated, 0 to 1 (Kynkäänniemi et al. 2019).</summary>
    public double Recall { get; internal init; }

    /// <summary>Gets how densely generated images lie around real ones: about 1 for equal distributions (Naeem et al. 2020).</summary>
    public double Density { get; internal init; }

    /// <summary>Gets the share of real images with a generated one nearby, 0 to 1 (Naeem et al. 2020).</summary>
    public double Coverage { get; internal init; }

    /// <summary>Gets how many real images the Fréchet distance is based on.</summary>
    public long RealCount { get; internal init; }

    /// <summary>Gets how many generated images the Fréchet distance is based on.</summary>
    public long GeneratedCount { get; internal init; }

    /// <summary>Gets how many real images all other figures are based on.</summary>
    public int RealSampleCount { get; internal init; }

    /// <summary>Gets how many generated images all other figures are based on.</summary>
    public int GeneratedSampleCount { get; internal init; }

    /// <summary>Gets how many real rows were left out because their image or vector is missing.</summary>
    public long RealMissingCount { get; internal init; }

    /// <summary>Gets how many generated rows were left out because their image or vector is missing.</summary>
    public long GeneratedMissingCount { get; internal init; }

    /// <summary>Gets which features were compared.</summary>
    public string FeatureName { get; internal init; } = "";

    /// <summary>Gets what to keep in mind when reading the figures; empty if nothing.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>Gets everything that the figures depend on besides the images.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; internal init; } = new Dictionary<string, string>();

    /// <summary>Gets a hash of <see cref="Settings"/>: only figures with the same fingerprint are comparable.</summary>
    public string SettingsFingerprint { get; internal init; } = "";

    /// <summary>Formats the figures in one line.</summary>
    /// <returns>
    /// Such as <c>FID 12.34, KID 0.0012 ± 0.0003, precision 0.71, recall 0.64, density 0.98, coverage 0.91 (500 real and 500 generated images)</c>.
    /// </returns>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{FrechetDistanceName} {FrechetDistance:G6}, {KernelDistanceName} {KernelDistance:G6} ± {KernelDistanceStandardDeviation:G3}, "
            + $"precision {Precision:0.0000}, recall {Recall:0.0000}, density {Density:0.0000}, coverage {Coverage:0.0000} "
            + $"({RealCount} real and {GeneratedCount} generated images)");
}
