using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Pipelines;
using LdmMl.Files;

namespace LdmMl.Cli.Commands;

/// <summary>Which image files a command reads.</summary>
internal sealed class ReadingOptions
{
    private readonly Option<bool> skipBroken = new("--skip-broken")
    {
        Description = "Skip files that cannot be read, with a warning, instead of stopping.",
    };
    private readonly Option<long> maximumPixels = Values.MaximumPixels();

    /// <summary>Gets the options.</summary>
    public IReadOnlyList<Option> All => [skipBroken, maximumPixels];

    /// <summary>Gets the most pixels that an image may have.</summary>
    public long MaximumPixels(ParseResult parsed) => parsed.GetValue(maximumPixels);

    /// <summary>Finds the images of a folder.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="option">The option that names the folder.</param>
    /// <param name="cancellation">Ends the search for broken files.</param>
    public ImageFolder Open(ParseResult parsed, Option<DirectoryInfo> option, CancellationToken cancellation) =>
        Open(parsed, option.Name, parsed.GetRequiredValue(option), cancellation);

    /// <inheritdoc cref="Open(ParseResult, Option{DirectoryInfo}, CancellationToken)"/>
    public ImageFolder Open(ParseResult parsed, string option, DirectoryInfo folder, CancellationToken cancellation)
    {
        var images = ImageFolders.Open(option, folder);
        return parsed.GetValue(skipBroken) ? images.Keep(ReadableFiles.Of(images.Paths, MaximumPixels(parsed), cancellation)) : images;
    }
}
