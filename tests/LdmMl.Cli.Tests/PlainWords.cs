using System.Reflection;
using System.Text.RegularExpressions;
using LdmMl.Torch.Diffusion;

namespace LdmMl.Cli.Tests;

/// <summary>Users of the tool do not know the names of C#: its messages must not contain types, members or values of the libraries.</summary>
internal static partial class PlainWords
{
    private static readonly Assembly[] Libraries = [typeof(SamplingSettings).Assembly, typeof(LdmMlCatalog).Assembly];

    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // Names of the field or of products that the libraries use too.
    private static readonly HashSet<string> Terms = ["TorchSharp", "PyTorch", "LdmMl", "CompVis", "SqueezeNet", "AlexNet", "ImageFolder"];

    private static readonly HashSet<string> Names =
        [.. Libraries.SelectMany(library => library.GetTypes()).SelectMany(NamesOf).Where(name => !Terms.Contains(name))];

    /// <summary>Lists the C# names in a text.</summary>
    public static IReadOnlyList<string> NamesIn(string text) =>
    [
        .. Word().Matches(text).Select(match => match.Value).Where(word => IsCompound(word) && Names.Contains(word)),
        .. WithinSentence().Matches(text).Select(match => match.Groups["word"].Value).Where(Values.Contains),
        .. Null().Matches(text).Select(match => match.Value),
    ];

    // Values of enums, which look like words when they stand alone: 'Velocity or Start'.
    private static readonly HashSet<string> Values =
    [
        .. Libraries.SelectMany(library => library.GetTypes()).Where(type => type.IsEnum && type.Namespace?.StartsWith("LdmMl", StringComparison.Ordinal) == true)
            .SelectMany(Enum.GetNames).Where(name => !IsCompound(name)).Except(["Huber", "Karras", "Lanczos", "Gaussian"]),
    ];

    private static IEnumerable<string> NamesOf(Type type) =>
        type.Namespace?.StartsWith("LdmMl", StringComparison.Ordinal) == true && !type.Name.Contains('<', StringComparison.Ordinal)
            ? [type.Name.Split('`')[0], .. type.GetMembers(Declared).Select(member => member.Name)] : [];

    private static bool IsCompound(string word) => word.Skip(1).Any(char.IsUpper) && word.Any(char.IsLower) && char.IsUpper(word[0]);

    [GeneratedRegex(@"(?<![\w/'-])[A-Z]\w+(?![\w/-])", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<=[a-z,;] )(?<word>[A-Z][a-z]+)\b(?!')", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex WithinSentence();

    [GeneratedRegex(@"\bnull\b(?! label)", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Null();
}
