using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LdmMl.Cli.Output;
using LdmMl.Files;

namespace LdmMl.Cli.Sharding;

/// <summary>What determines the results of a job, by the name of the option that changes it: parts of one job have the same.</summary>
internal sealed class JobRecord
{
    private readonly SortedDictionary<string, string> values = new(StringComparer.Ordinal) { ["version of ldmml"] = ToolVersion.Text };

    /// <summary>Gets the recorded values.</summary>
    public IReadOnlyDictionary<string, string> Values => values;

    /// <summary>Records a value; one that is empty is left out.</summary>
    public JobRecord With(string option, FormattableString value)
    {
        if (value.ToString(CultureInfo.InvariantCulture) is { Length: > 0 } text)
            values[option] = text;
        return this;
    }

    /// <summary>Records the images of a folder: their names and lengths, since machines may keep the same images in different places.</summary>
    public JobRecord With(string option, ImageFolder images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, path) in images.Names.Zip(images.Paths))
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\n{new FileInfo(path).Length}\n")));
        return With(option, $"{Counted.Of(images.Names.Count, "image")}, {Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }

    /// <summary>Says how the options of a part's job differ from those of another; empty if they are the same.</summary>
    /// <param name="part">The values of the part.</param>
    /// <param name="other">The values of the other job.</param>
    /// <param name="where">What the other job is called.</param>
    public static string Differences(IReadOnlyDictionary<string, string> part, IReadOnlyDictionary<string, string> other, string where) => string.Join("; ",
        part.Keys.Union(other.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(name => part.GetValueOrDefault(name) != other.GetValueOrDefault(name))
            .Select(name => $"{name} is {part.GetValueOrDefault(name) ?? "not given"} in it and {other.GetValueOrDefault(name) ?? "not given"} in {where}"));
}
