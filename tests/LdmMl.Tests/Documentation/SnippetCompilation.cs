using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LdmMl.Tests.Documentation;

/// <summary>Compiles snippets together, as strangers to the libraries: they see what is public.</summary>
internal static class SnippetCompilation
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);

    // The names that an example may use without saying where they come from.
    private const string Assumptions = """
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

        internal abstract class Assumed
        {
            protected static MLContext mlContext = new();
            protected static IDataView data = null!;
            protected static LdmMl.Torch.Models.Autoencoders.AutoencoderModel autoencoder = null!;
            protected static LdmMl.Torch.Generation.LatentDiffusionModel model = null!;
            protected static LdmMl.Torch.Diffusion.NoiseSchedule schedule = null!;
            protected static MLImage image = null!;
            protected static torch.Tensor images = null!;
            protected static CancellationToken cancellationToken;
        }
        """;

    /// <summary>Gives one line for each error: file, member, what the compiler says, and the line of code.</summary>
    public static IReadOnlyList<string> Errors(IReadOnlyList<Snippet> snippets)
    {
        var trees = snippets.Select((snippet, number) => snippet.ToTree(number, Options));
        var compilation = CSharpCompilation.Create(
            "Snippets",
            [CSharpSyntaxTree.ParseText(GlobalUsings() + Assumptions, Options, path: "assumed"), .. trees],
            References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        return
        [
            .. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                .Select(diagnostic => Describe(diagnostic, snippets)),
        ];
    }

    private static string Describe(Diagnostic diagnostic, IReadOnlyList<Snippet> snippets)
    {
        var span = diagnostic.Location.GetLineSpan();
        var line = diagnostic.Location.SourceTree?.GetText().Lines[span.StartLinePosition.Line].ToString().Trim();
        return int.TryParse(span.Path, out var number)
            ? $"{snippets[number].File}, {snippets[number].Member}: {diagnostic.GetMessage()} ({diagnostic.Id}) in: {line}"
            : $"{diagnostic.GetMessage()} in: {line}";
    }

    private static string GlobalUsings() =>
        string.Concat(
            new[] { typeof(LatentDiffusionExtensions), typeof(Torch.Native.TorchRuntime) }
                .SelectMany(type => type.Assembly.GetExportedTypes())
                .Select(type => type.Namespace)
                .Where(name => name is not null)
                .Distinct()
                .Select(name => $"global using {name};\n"));

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).Contains(".Tests.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path));
}
