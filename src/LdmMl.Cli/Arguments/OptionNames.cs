using System.CommandLine;
using LdmMl.Torch.Arguments;

namespace LdmMl.Cli.Arguments;

/// <summary>Translates C# names in the library's messages to the tool's names.</summary>
/// <param name="options">Which option sets which member.</param>
/// <param name="refused">The option whose value is refused; null if no option sets the member, or where it is about none.</param>
internal sealed class OptionNames(IReadOnlyDictionary<string, Option> options, Option? refused) : IWordingNames
{
    // Names that are the same in every command.
    private static readonly Dictionary<string, string> Common = new(StringComparer.Ordinal)
    {
        ["WeightSource"] = "--weights", ["BatchSize"] = "--batch", ["GpuDeviceId"] = "--device", ["Width"] = "--width",
        ["Height"] = "--height",
    };

    /// <summary>Gets the names that hold for every command.</summary>
    public static OptionNames Everywhere { get; } = new(new Dictionary<string, Option>(), refused: null);

    public bool AreOfCode => false;

    // Of a number that cannot be absent, 0 stands for none.
    public string OfNothing => refused is null || !refused.ValueType.IsValueType || Nullable.GetUnderlyingType(refused.ValueType) is not null
        ? "left out" : "0";

    public string OfMember(string member)
    {
        var name = member[(member.LastIndexOf('.') + 1)..];
        var option = options.GetValueOrDefault(member) ?? options.GetValueOrDefault(member.Replace("Options.", "", StringComparison.Ordinal))
            ?? options.GetValueOrDefault(name);
        return option?.Name ?? Common.GetValueOrDefault(name) ?? Words(name);
    }

    public string OfChoice(Enum choice) => Choices.NameOf(choice);

    public string OfChoice(string choice) => Choices.ShownName(choice);

    /// <summary>Gets the words of a member that no option sets: 'attention resolutions'.</summary>
    public static string Words(string member) => Choices.Hyphenated(member[(member.LastIndexOf('.') + 1)..]).Replace('-', ' ');
}
