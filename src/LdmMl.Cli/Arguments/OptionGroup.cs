using System.CommandLine;

namespace LdmMl.Cli.Arguments;

/// <summary>Options that help shows together.</summary>
/// <param name="Title">What they are about.</param>
/// <param name="Options">The options, in their order.</param>
internal sealed record OptionGroup(string Title, IReadOnlyList<Option> Options);
