using LdmMl.Cli.Arguments;
using LdmMl.Torch.Arguments;

namespace LdmMl.Cli.Pipelines;

/// <summary>Turns a pipeline's message about a row into one about the file that the row came from.</summary>
internal static class FileNames
{
    /// <summary>Reads a pipeline; its errors name the files, and say what to do about broken ones.</summary>
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
            // The inner exception lacks the row's number, which means nothing to people who see files.
            var sentence = (error.InnerException as ImageFileException ?? error).Message;
            throw new InvalidDataException($"{sentence} --skip-broken skips such files.", error);
        }
        catch (InvalidDataException error) when (error.Data["Row"] is long row && WordedException.WordingOf(error) is { } problem)
        {
            throw new InvalidDataException($"'{files[(int)row]}': {problem.ToString(OptionNames.Everywhere)}", error);
        }
    }
}
