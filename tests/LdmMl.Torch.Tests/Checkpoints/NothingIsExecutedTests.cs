using System.Text.RegularExpressions;

namespace LdmMl.Torch.Tests.Checkpoints;

/// <summary>The readers cannot start anything, because their source names nothing that could.</summary>
public partial class NothingIsExecutedTests
{
    [Fact]
    public void No_reader_names_processes_types_or_assemblies() => Assert.DoesNotContain(
        Directory.EnumerateFiles(Path.Combine(RealData.Repository, "src", "LdmMl.Torch", "Checkpoints"), "*.cs", SearchOption.AllDirectories),
        file => Dangerous().IsMatch(File.ReadAllText(file)));

    [GeneratedRegex(@"\bProcess\b|\bActivator\b|Assembly\.Load|Type\.GetType|\bDllImport\b|\bLibraryImport\b|System\.Reflection|BinaryFormatter|ExtractTo|jit\.load",
        RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Dangerous();
}
