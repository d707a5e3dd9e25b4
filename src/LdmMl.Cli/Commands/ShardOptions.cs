using System.CommandLine;
using System.CommandLine.Parsing;
using LdmMl.Cli.Sharding;

namespace LdmMl.Cli.Commands;

/// <summary>The options of a command that can do a part of its work, for <c>ldmml merge</c> to join with those of other machines.</summary>
internal sealed class ShardOptions
{
    private readonly Option<string?> shard = new("--shard")
    {
        Description = "Do only the i-th of n parts, counted from 0; by default as Open MPI, MPICH, SLURM or Kubernetes says. Needs --parts.",
        HelpName = "i/n",
    };
    private readonly Option<DirectoryInfo?> parts = new("--parts")
    {
        Description = "Write the part into this folder instead of results, for 'ldmml merge'; a part that exists is kept.", HelpName = "FOLDER",
    };

    /// <summary>Gets the options.</summary>
    public IReadOnlyList<Option> All => [shard, parts];

    /// <summary>Reads which part is wanted.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="needed">The option without which the whole work has no place to go; null for none.</param>
    /// <param name="ofMerge">The options that write results, which only 'ldmml merge' does for parts.</param>
    /// <returns>The part; null for the whole work.</returns>
    /// <exception cref="ArgumentException">The options do not go together; the message says what to do.</exception>
    public PartTarget? Read(ParseResult parsed, Option? needed, IEnumerable<Option> ofMerge)
    {
        var (part, from) = ReadShard(parsed, shard);
        if (parsed.GetValue(parts) is not { } folder)
        {
            if (part.Count == 1 && needed is not null && parsed.GetResult(needed) is null)
                throw new ArgumentException($"Option '{needed.Name}' is required, unless --parts is given.");
            return part.Count == 1 ? null : throw new ArgumentException(
                $"{(from is null ? $"--shard is {part}" : $"{from} say that this is shard {part}")}, so --parts must name the folder of the parts, "
                + "which 'ldmml merge' joins; --shard 0/1 does all.");
        }

        if (from is null && parsed.GetValue(shard) is null)
            throw new ArgumentException("--parts is given, but not which part: give --shard i/n too, such as --shard 0/4.");
        if (ofMerge.Append(needed).OfType<Option>().FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } result)
            throw new ArgumentException($"{result.Name} and --parts are both given, but a part has no results yet; give {result.Name} to 'ldmml merge'.");
        return new(part, from, folder);
    }

    /// <summary>Gets the command line of the whole job.</summary>
    public string CommandLine(ParseResult parsed) => Output.CommandLine.Of(parsed, shard.Name, parts.Name);

    /// <summary>Reads an option for a part, or what the environment says instead.</summary>
    public static (Shard Shard, string? From) ReadShard(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is { } text)
            return (Shard.Parse(text), null);
        return ShardEnvironment.OfProcess.Read() is var (shard, from) ? (shard, from) : (Shard.Whole, null);
    }
}
