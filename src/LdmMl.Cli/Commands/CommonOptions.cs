using System.CommandLine;
using LdmMl.Cli.Arguments;

namespace LdmMl.Cli.Commands;

/// <summary>Options that mean the same in every command.</summary>
internal static class CommonOptions
{
    /// <summary>The largest side of an image that the commands take, in pixels: a batch of larger ones is beyond any machine's memory.</summary>
    public const int LargestSize = 4096;

    public static Option<int?> Size(string description) => Values.OptionalWhole("--size", description, least: 1, most: LargestSize);

    public static Option<ImageFit> Fit(string description = "How --size is reached.") => Values.Choice("--fit", description, ImageFit.CropToFill);

    public static Option<int> Batch(string description, int usual) => Values.Whole("--batch", description, usual);
}
