using System.Globalization;
using System.Text.RegularExpressions;

namespace LdmMl.Cli.Pipelines;

/// <summary>Turns a pipeline's sentence about a row into one about the file that the row came from.</summary>
internal static partial class FileNames
{
    /// <summary>Runs what reads a pipeline; its complaints come out with the files' names and with what to do about broken ones.</summary>
    /// <param name="files">The file of each row.</param>
    /// <param name="read">Reads the pipeline.</param>
    public static void InTerms(IReadOnlyList<string> files, Action read)
    {
        try
        {
            read();
        }
        catch (ImageFileException error)
        {
            // Underneath is the sentence without the row's number, which nobody knows who sees files.
            var sentence = (error.InnerException as ImageFileException ?? error).Message;
            throw new InvalidDataException($"{sentence} --skip-broken leaves such files out.", error);
        }
        catch (InvalidDataException error) when (Row().Match(error.Message) is { Success: true } row)
        {
            var file = files[int.Parse(row.Groups["number"].Value, CultureInfo.InvariantCulture)];
            throw new InvalidDataException($"'{file}'{error.Message[row.Length..]}", error);
        }
    }

    [GeneratedRegex("^Row (?<number>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();
}
