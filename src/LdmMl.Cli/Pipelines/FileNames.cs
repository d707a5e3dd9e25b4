using LdmMl.Cli.Arguments;
using LdmMl.Torch.Arguments;

namespace LdmMl.Cli.Pipelines;

/// <summary>Turns a pipeline's sentence about a row into one about the file that the row came from.</summary>
internal static class FileNames
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
        catch (InvalidDataException error) when (error.Data["Row"] is long row && WordedException.WordingOf(error) is { } problem)
        {
            throw new InvalidDataException($"'{files[(int)row]}': {problem.ToString(OptionNames.Everywhere)}", error);
        }
    }
}
