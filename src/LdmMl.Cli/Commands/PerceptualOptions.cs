using System.CommandLine;
using LdmMl.Torch.Checkpoints.Published;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Commands;

/// <summary>The two options that name a perceptual distance, meaning the same in every command: LPIPS, or an uncalibrated one.</summary>
internal static class PerceptualOptions
{
    public static Option<string?> Lpips() => new("--lpips")
    {
        Description = "LPIPS: vgg, alex or squeeze from the cache (see 'ldmml weights'), one file of trunk and heads, or two, TRUNK,HEADS.",
        HelpName = "NET|FILE",
    };

    public static Option<string?> Perceptual() => new("--perceptual")
    {
        Description = "An uncalibrated perceptual distance, which is not LPIPS: a name that 'ldmml models' lists, or the file of a trunk.",
        HelpName = "NAME|FILE",
    };

    /// <summary>Opens what the two options name; null if neither is given.</summary>
    /// <param name="lpips">The value of <c>--lpips</c>.</param>
    /// <param name="perceptual">The value of <c>--perceptual</c>.</param>
    /// <param name="cache">Where published weights are; null for the user's own cache.</param>
    /// <exception cref="ArgumentException">Both are given, or one names the other's kind.</exception>
    /// <exception cref="FileNotFoundException">A file does not exist; for a net's name, the message says how to get it.</exception>
    public static PerceptualModel? Load(string? lpips, string? perceptual, WeightCache? cache = null)
    {
        if (lpips is not null && perceptual is not null)
            throw new ArgumentException("--lpips and --perceptual are two distances; give one of them.");
        return lpips is not null ? LoadLpips(lpips, cache) : perceptual is not null ? LoadUncalibrated(perceptual) : null;
    }

    private static PerceptualModel LoadLpips(string value, WeightCache? cache)
    {
        if (WeightSets.LpipsNets.TryGetValue(value, out var files))
            return LoadPublished(value, files.Trunk, files.Heads, cache ?? new());
        if (!File.Exists(value) && value.Split(',') is [var trunk, var heads])
            return PerceptualModel.LoadLpips(Existing("--lpips", trunk), Existing("--lpips", heads));
        var model = PerceptualModel.Load(Existing("--lpips", value));
        if (model.IsCalibrated)
            return model;
        model.Dispose();
        throw new ArgumentException($"--lpips is '{value}', which contains an uncalibrated distance and so is not LPIPS; give it as --perceptual.");
    }

    private static PerceptualModel LoadUncalibrated(string file) => WeightSets.LpipsNets.ContainsKey(file)
        ? throw new ArgumentException($"--perceptual is '{file}', the name of a net of LPIPS; give it as --lpips.")
        : PerceptualModel.LoadUncalibrated(Existing("--perceptual", InstalledModels.Resolve(file, InstalledModelKind.Perceptual)));

    private static string Existing(string option, string file)
    {
        if (File.Exists(file))
            return file;
        var nets = option == "--lpips" ? $"; it takes {string.Join(", ", WeightSets.LpipsNets.Keys)}, or files" : "";
        throw new FileNotFoundException($"{option} names '{file}', which does not exist{nets}.");
    }

    // The cache's message names one file; here a network was requested, and one command gets both of its files.
    private static PerceptualModel LoadPublished(string net, PublishedFile trunk, PublishedFile heads, WeightCache cache)
    {
        var both = new[] { trunk, heads }.Select(cache.Check).ToArray();
        var wanting = both.Where(status => status.State != PublishedFileState.Present).ToArray();
        if (wanting.Length == 0)
            return PerceptualModel.LoadLpips(both[0].Path, both[1].Path);
        var what = string.Join(" and ", wanting.Select(status => $"{status.File.FileName} is {Fault(status)}"));
        throw new FileNotFoundException(
            $"--lpips {net} needs published weights, and in '{cache.Folder}' {what}. Run 'ldmml weights download {net}', or, without a connection, " +
            $"fetch {string.Join(" and ", wanting.Select(status => status.File.Address))} on another machine and run 'ldmml weights import FOLDER'.");
    }

    private static string Fault(PublishedFileStatus status) => status.Problem is null ? "missing" : $"damaged: {status.Problem}";
}
