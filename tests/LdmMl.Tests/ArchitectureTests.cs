using System.Text.RegularExpressions;
using LdmMl.Testing;

namespace LdmMl.Tests;

/// <summary>Dependencies point upwards in LdmMl, too: what is lower in the list may use what is above it, never the other way round.</summary>
public partial class ArchitectureTests
{
    /// <summary>The last one is the project's own folder: the catalogs.</summary>
    private static readonly string[] Order = ["Internals", "Images", "Files", "Schemas", "Rows", "Models", "Transforms", "Evaluation", "Training", ""];

    /// <summary>Assembly attributes that name every transformer for ML.NET; no code.</summary>
    private const string LoaderList = "LoadableTransformers.cs";

    private static readonly string Source = Path.Combine(RealData.Repository, "src", "LdmMl");

    private static readonly Dictionary<string, string> Code = Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
        .Where(file => Folder(file) is not ("obj" or "bin"))
        .ToDictionary(file => file, file => NotCode().Replace(File.ReadAllText(file), ""));

    // Public types of all folders share one namespace, so the using directives show nothing; the names of types do.
    private static readonly ILookup<string, string> FoldersOfTypes =
        (from file in Code
         from Match declaration in Declaration().Matches(file.Value)
         select (Type: declaration.Groups["name"].Value, Folder: Folder(file.Key))).Distinct().ToLookup(type => type.Type, type => type.Folder);

    [Fact]
    public void Folders_of_LdmMl_use_only_those_above_them()
    {
        var wrong =
            from file in Code
            where Path.GetFileName(file.Key) != LoaderList
            let place = Array.IndexOf(Order, Folder(file.Key))
            from name in Name().Matches(file.Value).Select(match => match.Groups["name"].Value).Distinct()
            from used in FoldersOfTypes[name]
            where Array.IndexOf(Order, used) > place
            select $"{Path.GetRelativePath(Source, file.Key)} uses {name} of {used}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_folder_of_LdmMl_has_its_place_in_the_order() => Assert.Empty(Code.Keys.Select(Folder).Distinct().Except(Order));

    [Fact]
    public void A_transform_is_three_files()
    {
        var wrong =
            from folder in Directory.EnumerateDirectories(Path.Combine(Source, "Transforms"))
            let files = Directory.EnumerateFiles(folder).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)
            let name = files.First().Replace("Options", "", StringComparison.Ordinal)
            where !files.SequenceEqual([$"{name}Options", $"{name}Runner", $"{name}Transformer"])
            select $"{Path.GetFileName(folder)}: {string.Join(", ", files)}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void No_two_types_have_the_same_name() => Assert.Empty(FoldersOfTypes.Where(type => type.Count() > 1).Select(type => type.Key));

    [Fact]
    public void Public_types_are_in_the_root_namespace_and_internal_ones_in_that_of_their_folder()
    {
        var wrong =
            from file in Code
            from Match declaration in Declaration().Matches(file.Value)
            let isPublic = declaration.Groups["access"].Value == "public"
            let folder = Path.GetRelativePath(Source, Path.GetDirectoryName(file.Key)!)
            let itsOwn = folder == "." ? "LdmMl" : $"LdmMl.{folder.Replace(Path.DirectorySeparatorChar, '.')}"
            let given = Namespace().Match(file.Value).Groups["name"].Value
            where given.StartsWith("LdmMl", StringComparison.Ordinal) && given != (isPublic ? "LdmMl" : itsOwn)
            where isPublic || !PublicFile(file.Value)
            select $"{Path.GetRelativePath(Source, file.Key)}: {declaration.Groups["name"].Value} in {given}";

        Assert.Empty(wrong);
    }

    // A transformer's columns are in the same file.
    private static bool PublicFile(string code) => Declaration().Matches(code).Any(declaration => declaration.Groups["access"].Value == "public");

    private static string Folder(string file)
    {
        var parts = Path.GetRelativePath(Source, file).Split(Path.DirectorySeparatorChar);
        return parts.Length > 1 ? parts[0] : "";
    }

    [GeneratedRegex("//[^\\n]*|\"(?:[^\"\\\\\\n]|\\\\.)*\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex NotCode();

    [GeneratedRegex(@"^(?<access>public|internal) (?:(?:static|sealed|abstract|readonly|unsafe|ref|partial) )*(?:class|record struct|record|struct|enum|interface|delegate \S+) (?<name>\w+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<![\w.])(?<name>[A-Z]\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Namespace();
}
