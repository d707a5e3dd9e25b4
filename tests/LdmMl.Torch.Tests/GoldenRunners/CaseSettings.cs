using System.Text.Json;
using System.Text.Json.Nodes;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// One object of a case's <c>config.json</c>, which records every key that a runner reads: a case with a key that nobody read fails,
/// because the reference took the key into account and this library did not.
/// </summary>
internal sealed class CaseSettings(JsonObject values, string path = "")
{
    private readonly HashSet<string> read = [];
    private readonly Dictionary<string, CaseSettings[]> children = [];

    /// <summary>Gets the path of this object in the file, such as <c>params.ddconfig</c>; empty for the whole file.</summary>
    public string Path => path;

    /// <summary>Gets the keys that the file has here, read or not.</summary>
    public IEnumerable<string> Keys => values.Select(pair => pair.Key);

    /// <summary>Whether the file gives a key a value other than null. This reads nothing.</summary>
    public bool Has(string key) => values[key] is not null;

    /// <summary>The kind of a key's value. This reads nothing.</summary>
    public JsonValueKind Kind(string key) => values[key]?.GetValueKind() ?? JsonValueKind.Null;

    public int Int(string key) => Value<int>(key);

    public int Int(string key, int fallback) => Value(key, fallback);

    public long Long(string key) => Value<long>(key);

    public ulong Unsigned(string key) => Value<ulong>(key);

    public int? OptionalInt(string key) => Take(key) is null ? null : Value<int>(key);

    public double Number(string key) => Value<double>(key);

    public double Number(string key, double fallback) => Value(key, fallback);

    public double? OptionalNumber(string key) => Take(key) is null ? null : Value<double>(key);

    public bool Flag(string key) => Value<bool>(key);

    public bool Flag(string key, bool fallback) => Value(key, fallback);

    public string Text(string key) => Value<string>(key);

    public string Text(string key, string fallback) => Value(key, fallback);

    /// <summary>Reads one of the given strings; any other is unsupported.</summary>
    public T Choice<T>(string key, string fallback, params (string Text, T Value)[] choices)
    {
        var text = Text(key, fallback);
        return choices.Any(choice => choice.Text == text)
            ? choices.First(choice => choice.Text == text).Value
            : throw Unsupported(key, $"this library has {string.Join(", ", choices.Select(choice => $"'{choice.Text}'"))}");
    }

    public int[] Ints(string key) => OptionalInts(key) ?? throw Missing(key);

    public int[]? OptionalInts(string key) => Take(key)?.AsArray().Select(item => item!.GetValue<int>()).ToArray();

    public long[] Shape(string key) => [.. Required(key).AsArray().Select(item => item!.GetValue<long>())];

    public string[] Texts(string key) => [.. Required(key).AsArray().Select(item => item!.GetValue<string>())];

    /// <summary>Gets a nested object, whose keys must each be read in turn.</summary>
    public CaseSettings Object(string key) => OptionalObject(key) ?? throw Missing(key);

    /// <summary>Gets a nested object; null if the file has none.</summary>
    public CaseSettings? OptionalObject(string key) => Take(key) is JsonObject ? Children(key)[0] : null;

    /// <summary>Gets a nested object; an empty one if the file has none.</summary>
    public CaseSettings ObjectOrEmpty(string key) => OptionalObject(key) ?? new CaseSettings([], Qualified(key));

    /// <summary>Gets the objects of a list, whose keys must each be read in turn; none if the file has no such list.</summary>
    public IReadOnlyList<CaseSettings> Objects(string key) => Take(key) is null ? [] : Children(key);

    /// <summary>Reads a whole value with everything in it, to pass it unchanged to a reader that refuses what it does not know.</summary>
    public JsonNode Node(string key) => Required(key);

    /// <summary>Reads a key for which this library supports only one value.</summary>
    public void Expect<T>(string key, T only)
    {
        if (Take(key) is not null && !Equals(Value<T>(key), only))
            throw Unsupported(key, $"this library has {only} only");
    }

    /// <summary>Reads keys that cannot affect any output. The caller says why.</summary>
    public void Describes(params string[] keys)
    {
        foreach (var key in keys)
            Take(key);
    }

    /// <summary>Creates the exception for something that this library does not support.</summary>
    public NotSupportedException Unsupported(string key, string requirement) =>
        new($"Unsupported: {Qualified(key)} = {values[key]?.ToJsonString() ?? "null"}; {requirement}.");

    /// <summary>Lists the keys that nobody has read, by their paths.</summary>
    public IEnumerable<string> Unread() =>
        values.Select(pair => pair.Key).Where(key => !read.Contains(key)).Select(Qualified)
            .Concat(children.Values.SelectMany(list => list).SelectMany(child => child.Unread()));

    private JsonNode? Take(string key)
    {
        read.Add(key);
        return values[key];
    }

    private JsonNode Required(string key) => Take(key) ?? throw Missing(key);

    private T Value<T>(string key, T fallback) => Take(key) is null ? fallback : Value<T>(key);

    private T Value<T>(string key)
    {
        try
        {
            return Required(key).GetValue<T>();
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw Unsupported(key, $"a value of type {typeof(T).Name} is needed");
        }
    }

    private CaseSettings[] Children(string key)
    {
        if (!children.TryGetValue(key, out var list))
        {
            children[key] = list = values[key] is JsonArray items
                ? [.. items.Select((item, index) => new CaseSettings(item!.AsObject(), $"{Qualified(key)}[{index}]"))]
                : [new CaseSettings(values[key]!.AsObject(), Qualified(key))];
        }

        return list;
    }

    private string Qualified(string key) => path.Length == 0 ? key : $"{path}.{key}";

    private InvalidDataException Missing(string key) => new($"config.json has no {Qualified(key)}, which the runner needs.");
}
