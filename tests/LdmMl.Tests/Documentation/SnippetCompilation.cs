using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LdmMl.Tests.Documentation;

/// <summary>Compiles snippets together, as external code: they see only what is public.</summary>
internal static class SnippetCompilation
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);

    // What an example may use without declaring it.
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.ML;
        global using Microsoft.ML.Data;
        global using TorchSharp;
        global using static TorchSharp.torch;

        """;

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).Contains(".Tests.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    // "model" and "images" depend on the text around an example: the first declaration that makes it compile is used.
    private static readonly (string Model, string Images)[] Assumptions =
    [
        .. from images in (string[])["torch.Tensor", "IReadOnlyList<MLImage>", "IDataView"]
           from model in (string[])["LatentDiffusionModel", "AutoencoderModel", "PerceptualModel", "FeatureModel", "ITransformer"]
           select (model, images),
    ];

    /// <summary>Returns one line per error: file, member, the compiler's message, and the line of code.</summary>
    public static IReadOnlyList<string> Errors(IReadOnlyList<Snippet> snippets)
    {
        var first = Errors(snippets, Assumptions[0]);
        var left = first.Keys.ToList();
        foreach (var assumption in Assumptions.Skip(1))
        {
            if (left.Count == 0)
                break;
            var failed = Errors([.. left.Select(number => snippets[number])], assumption);
            left = [.. left.Where((_, index) => failed.ContainsKey(index))];
        }

        return [.. left.SelectMany(number => first[number])];
    }

    // The errors of each snippet that has any.
    private static Dictionary<int, string[]> Errors(IReadOnlyList<Snippet> snippets, (string Model, string Images) assumed)
    {
        var trees = snippets.Select((snippet, number) => snippet.ToTree(number, Options));
        var compilation = CSharpCompilation.Create(
            "Snippets",
            [CSharpSyntaxTree.ParseText(GlobalUsings() + Usings + Assumed(assumed), Options, path: "assumed"), .. trees],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        return compilation.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .GroupBy(diagnostic => NumberOf(diagnostic))
            .ToDictionary(group => group.Key, group => group.Select(diagnostic => Describe(diagnostic, snippets[group.Key])).ToArray());
    }

    private static string Assumed((string Model, string Images) assumed) => $$"""
        internal abstract class Assumed
        {
            protected static MLContext mlContext = new();
            protected static IDataView data = null!;
            protected static AutoencoderModel autoencoder = null!;
            protected static {{assumed.Model}} model = null!;
            protected static NoiseSchedule schedule = null!;
            protected static MLImage image = null!;
            protected static {{assumed.Images}} images = null!;
            protected static CancellationToken cancellationToken;
        }
        """;

    private static int NumberOf(Diagnostic diagnostic) =>
        int.TryParse(diagnostic.Location.GetLineSpan().Path, out var number)
            ? number
            : throw new InvalidOperationException($"The declarations that examples presuppose do not compile: {diagnostic}");

    private static string Describe(Diagnostic diagnostic, Snippet snippet)
    {
        var line = diagnostic.Location.GetLineSpan().StartLinePosition.Line;
        var code = diagnostic.Location.SourceTree!.GetText().Lines[line].ToString().Trim();
        return $"{snippet.File}, {snippet.Member}: {diagnostic.GetMessage()} ({diagnostic.Id}) in: {code}";
    }

    // One using directive per namespace of the libraries.
    private static string GlobalUsings() =>
        string.Concat(
            new[]
            {
                typeof(LdmMlCatalog), typeof(Torch.Native.TorchRuntime), typeof(ImageSharp.ImageSharpFileReader), typeof(Extensions.LatentDiffusionOptions),
            }
                .SelectMany(type => type.Assembly.GetExportedTypes())
                .Select(type => type.Namespace)
                .Where(name => name is not null)
                .Distinct()
                .Select(name => $"global using {name};\n"));
}
