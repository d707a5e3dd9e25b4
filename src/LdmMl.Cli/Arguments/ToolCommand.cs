using System.CommandLine;

namespace LdmMl.Cli.Arguments;

/// <summary>A command of the tool with what its help shows: options in groups, and examples.</summary>
/// <param name="name">The word on the command line.</param>
/// <param name="description">What the command does.</param>
internal sealed class ToolCommand(string name, string description) : Command(name, description)
{
    private readonly List<OptionGroup> groups = [];

    /// <summary>Gets the options in groups.</summary>
    public IReadOnlyList<OptionGroup> Groups => groups;

    /// <summary>Gets command lines that work.</summary>
    public required IReadOnlyList<string> Examples { get; init; }

    /// <summary>Adds a group of options.</summary>
    public ToolCommand With(string title, params IEnumerable<Option> options)
    {
        groups.Add(new(title, [.. options]));
        foreach (var option in groups[^1].Options)
            Options.Add(option);
        return this;
    }
}
