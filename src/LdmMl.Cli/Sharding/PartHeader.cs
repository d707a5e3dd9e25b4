using System.Text.Json;
using System.Text.Json.Serialization;

namespace LdmMl.Cli.Sharding;

/// <summary>What a part says about itself: <c>part.json</c> within it.</summary>
/// <param name="Format">Always <see cref="FormatName"/>.</param>
/// <param name="Command">The command that made it, such as <c>score</c>.</param>
/// <param name="Index">Which part it is, from 0.</param>
/// <param name="Count">How many parts there are.</param>
/// <param name="Total">How many rows all parts have together.</param>
/// <param name="Job">What determines the results; see <see cref="JobRecord"/>.</param>
/// <param name="Facts">What the command reports besides its rows.</param>
internal sealed record PartHeader(
    string Format, string Command, int Index, int Count, int Total, IReadOnlyDictionary<string, string> Job, JsonElement Facts)
{
    /// <summary>The name of the format with its version.</summary>
    public const string FormatName = "ldmml part 1";

    /// <summary>Gets how parts are written as JSON: numbers to the last bit, and infinite ones too.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Gets the part.</summary>
    [JsonIgnore]
    public Shard Shard => new(Index, Count);
}
