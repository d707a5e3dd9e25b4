using System.Security.Cryptography;
using System.Text.Json;

namespace LdmMl.Evaluation;

/// <summary>Everything that a figure depends on besides the images, by name, and a hash of it all.</summary>
internal sealed class SettingsRecord
{
    private readonly SortedDictionary<string, string> values = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Values => values;

    /// <summary>Gets the first 16 hexadecimal digits of the SHA-256 of all names and values.</summary>
    public string Fingerprint
    {
        get
        {
            var text = string.Join('\n', values.Select(pair => $"{pair.Key}={pair.Value}"));
            return Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))[..16];
        }
    }

    /// <summary>Adds a setting: text as it is, anything else as JSON; null is skipped.</summary>
    public SettingsRecord With(string name, object? value)
    {
        if (value is not null)
            values[name] = value as string ?? JsonSerializer.Serialize(value, value.GetType(), SettingsJson.Default);
        return this;
    }
}
