using System.Text.RegularExpressions;

namespace LdmMl.Torch.Tests;

/// <summary>Dependencies point upwards: what is lower in the list may use what is above it, never the other way round.</summary>
public partial class ArchitectureTests
{
    private static readonly string[] Order =
        ["Arguments", "Native", "Tensors", "Checkpoints", "Kernels", "Layers", "Models", "Diffusion", "Generation", "Onnx", "Metrics", "Losses", "Distributed", "Training"];

    private static readonly string Source = Path.Combine(RealData.Repository, "src");

    [Fact]
    public void Folders_of_LdmMl_Torch_use_only_those_above_them()
    {
        var wrong =
            from file in Sources("LdmMl.Torch")
            let folder = Path.GetRelativePath(Path.Combine(Source, "LdmMl.Torch"), file).Split(Path.DirectorySeparatorChar)[0]
            where Order.Contains(folder)
            from Match use in NamespaceUse().Matches(File.ReadAllText(file))
            let used = use.Groups["folder"].Value
            where Order.Contains(used) && Array.IndexOf(Order, used) > Array.IndexOf(Order, folder)
            select $"{folder}/{Path.GetFileName(file)} uses {used}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Folders_of_networks_use_only_those_above_them()
    {
        string[] order = ["Sharing", "Text", "Autoencoders", "UNets", "Discriminators", "Perceptual", "Features"];
        var root = Path.Combine(Source, "LdmMl.Torch", "Models");
        var wrong =
            from file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            let parts = Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)
            from Match use in ModelUse().Matches(File.ReadAllText(file))
            let used = use.Groups["folder"].Value
            where order.Contains(used) && (parts.Length == 1 || Array.IndexOf(order, used) > Array.IndexOf(order, parts[0]))
            select $"Models/{string.Join('/', parts)} uses {used}";

        Assert.Empty(wrong);
        Assert.Equal(order.Order(), Directory.EnumerateDirectories(root).Select(folder => Path.GetFileName(folder)!).Order());
    }

    [Fact]
    public void Every_folder_of_LdmMl_Torch_has_its_place_in_the_order()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(Source, "LdmMl.Torch")).Select(folder => Path.GetFileName(folder)!);

        Assert.Empty(folders.Except([.. Order, "bin", "obj", "buildTransitive"]));
    }

    [Fact]
    public void LdmMl_Torch_does_not_depend_on_ML_NET() =>
        Assert.DoesNotContain(Sources("LdmMl.Torch"), file => MachineLearning().IsMatch(File.ReadAllText(file)));

    [Fact]
    public void Internals_of_ML_NET_are_used_in_only_one_folder()
    {
        var elsewhere = Sources("LdmMl")
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}Internals{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => InternalType().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Source, file));

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void No_folder_is_named_Helpers_or_the_like() =>
        Assert.DoesNotContain(
            Directory.EnumerateDirectories(Source, "*", SearchOption.AllDirectories).Select(Path.GetFileName),
            name => name is "Utils" or "Utilities" or "Helpers" or "Common" or "Managers" or "Misc");

    private static IEnumerable<string> Sources(string project) =>
        Directory.EnumerateFiles(Path.Combine(Source, project), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    // The tokenizers are a separate package, which does not depend on ML.NET.
    [GeneratedRegex(@"Microsoft\.ML(?!\.Tokenizers)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MachineLearning();

    [GeneratedRegex(@"LdmMl\.Torch\.(?<folder>[A-Z]\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamespaceUse();

    [GeneratedRegex(@"LdmMl\.Torch\.Models\.(?<folder>[A-Z]\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ModelUse();

    [GeneratedRegex(@"\b(CatalogUtils|ModelLoadContext|ModelHeader|VersionInfo|LoadableClass|SignatureLoadModel|new SchemaShape\.Column|SaveBinaryStream|SetVersionInfo|UnsafeAccessor|IgnoresAccessChecksTo)\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InternalType();
}
