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

    /// <summary>Says how the options of another job differ; empty if they are the same.</summary>
    /// <param name="there">The values of the other job.</param>
    /// <param name="here">The values of this one.</param>
    public static string Differences(IReadOnlyDictionary<string, string> there, IReadOnlyDictionary<string, string> here) => string.Join("; ",
        here.Keys.Union(there.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(name => here.GetValueOrDefault(name) != there.GetValueOrDefault(name))
            .Select(name => $"{name} is {there.GetValueOrDefault(name) ?? "not given"} there and {here.GetValueOrDefault(name) ?? "not given"} here"));
}
