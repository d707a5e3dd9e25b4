using System.Text.Json;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using Microsoft.Extensions.AI;

namespace LdmMl.Extensions;

/// <summary>
/// The additional properties of a request, for which <c>ImageGenerationOptions</c> has no member. They may come from code or from JSON.
/// </summary>
internal sealed class RequestProperties
{
    public const string Seed = nameof(Seed);
    public const string Mask = nameof(Mask);
    public const string NegativePrompt = nameof(NegativePrompt);
    public const string SecondPrompt = nameof(SecondPrompt);
    public const string SecondNegativePrompt = nameof(SecondNegativePrompt);
    public const string Steps = nameof(SamplingSettings.Steps);
    public const string Sampler = nameof(SamplingSettings.Sampler);
    public const string GuidanceScale = nameof(GenerationSettings.GuidanceScale);
    public const string GuidanceRescale = nameof(GenerationSettings.GuidanceRescale);
    public const string Strength = nameof(GenerationSettings.Strength);
    public const string ImageRule = nameof(GenerationSettings.ImageRule);

    private static readonly string[] Known =
        [Seed, Steps, Sampler, GuidanceScale, GuidanceRescale, NegativePrompt, SecondPrompt, SecondNegativePrompt, Strength, Mask, ImageRule];

    private readonly Dictionary<string, object> values = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="OptionException">A property is unknown; the message lists the known ones.</exception>
    public RequestProperties(IEnumerable<KeyValuePair<string, object?>>? given)
    {
        foreach (var (name, value) in given ?? [])
        {
            Check.That(
                Known.Contains(name, StringComparer.OrdinalIgnoreCase), value, $"requests have no such property; the properties are {string.Join(", ", Known)}",
                name);
            if (value is not null and not JsonElement { ValueKind: JsonValueKind.Null })
                values[name] = value;
        }
    }

    /// <summary>Reads a whole number; null if it is not given.</summary>
    public long? Whole(string name) => Of<long?>(name, "it must be a whole number", value => value switch
    {
        long or int or short or sbyte or byte or ushort or uint => Convert.ToInt64(value),
        JsonElement { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var whole) => whole,
        _ => null,
    });

    /// <summary>Reads a number; null if it is not given.</summary>
    public double? Number(string name) => Of<double?>(name, "it must be a number", value => value switch
    {
        double or float or decimal => Convert.ToDouble(value),
        JsonElement { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        long or int or short or sbyte or byte or ushort or uint => Convert.ToDouble(value),
        _ => null,
    });

    /// <summary>Reads a string; null if it is not given.</summary>
    public string? Text(string name) => Of(name, "it must be a string", TextOf);

    /// <summary>Reads an enum, or the name of one of its values; null if it is not given.</summary>
    public T? Choice<T>(string name)
        where T : struct, Enum =>
        Of<T?>(name, $"it must be one of {string.Join(", ", Enum.GetNames<T>())}", value => value switch
        {
            T choice when Enum.IsDefined(choice) => choice,
            _ when TextOf(value) is { } text && Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase) =>
                Enum.Parse<T>(text, ignoreCase: true),
            _ => null,
        });

    /// <summary>Reads an image, or a data URI of one; null if it is not given.</summary>
    public DataContent? Image(string name) => Of(name, $"it must be a {nameof(DataContent)}, or a string with a data URI", value => value switch
    {
        DataContent content => content,
        _ when TextOf(value) is { } uri && uri.StartsWith("data:", StringComparison.OrdinalIgnoreCase) => new DataContent(uri),
        _ => null,
    });

    private static string? TextOf(object value) => value switch
    {
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => null,
    };

    private T? Of<T>(string name, string requirement, Func<object, T?> read) => !values.TryGetValue(name, out var value)
        ? default : read(value) ?? throw Check.Refuse(name, value, requirement);
}
