using System.CommandLine;
using LdmMl.Cli.Output;

namespace LdmMl.Cli.Commands;

/// <summary>The JSON document of a command, and whether files that exist may be replaced.</summary>
internal sealed class OutputOptions
{
    private readonly Option<FileInfo?> json = new("--json") { Description = "Also write the results to this file as JSON." };
    private readonly Option<bool> overwrite = new("--overwrite")
    {
        Description = "Replace existing files; without it, the command stops before any work if one would be replaced.",
    };

    /// <summary>Gets the options.</summary>
    public IReadOnlyList<Option> All => [json, overwrite];

    /// <summary>Gets whether files that exist may be replaced.</summary>
    public bool Overwrites(ParseResult parsed) => parsed.GetValue(overwrite);

    /// <summary>Finds out before any work whether the document can be written.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="continues">Whether the command goes on with earlier work, whose document is replaced.</param>
    /// <exception cref="IOException">It cannot; the message says why and what to do.</exception>
    public void Check(ParseResult parsed, bool continues = false) =>
        OutputFile.Check("--json", parsed.GetValue(json), Overwrites(parsed) || continues);

    /// <summary>Checks before any work whether another file can be written next to the JSON file.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="file">The file; null for none.</param>
    /// <param name="continues">Whether the command goes on with earlier work, whose file is replaced.</param>
    public void Check(ParseResult parsed, string option, FileInfo? file, bool continues = false)
    {
        OutputFile.CheckApart(option, file, "--json", parsed.GetValue(json));
        OutputFile.Check(option, file, Overwrites(parsed) || continues);
    }

    /// <summary>Writes the document where one is wanted.</summary>
    public void Write(ParseResult parsed, object result)
    {
        if (!Terminal.IsQuiet)
            JsonOutput.Write(parsed.GetValue(json), result);
    }
}
