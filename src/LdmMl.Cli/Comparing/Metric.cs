namespace LdmMl.Cli.Comparing;

/// <summary>What is measured on an image and its reconstruction.</summary>
/// <param name="Name">What gates and JSON call it.</param>
/// <param name="Title">What people read.</param>
/// <param name="Unit">Its unit; empty for a plain number.</param>
/// <param name="HigherIsBetter">Whether a larger value is the better one.</param>
/// <param name="Decimals">How many decimals are worth reading.</param>
internal sealed record Metric(string Name, string Title, string Unit, bool HigherIsBetter, int Decimals)
{
    public static Metric Psnr { get; } = new("psnr", "PSNR", "dB", HigherIsBetter: true, Decimals: 2);

    public static Metric Ssim { get; } = new("ssim", "SSIM", "", HigherIsBetter: true, Decimals: 4);

    /// <summary>Gets the mean absolute difference of pixel values in [0, 1].</summary>
    public static Metric MeanAbsoluteError { get; } = new("mae", "MAE", "", HigherIsBetter: false, Decimals: 5);

    /// <summary>Gets the short name, for where there is little room.</summary>
    public string ShortTitle { get; init; } = Title;

    /// <summary>By how much the second of two values is worse; negative where it is better.</summary>
    public double Worsening(double first, double second) => HigherIsBetter ? first - second : second - first;
}
