using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Storage;

/// <summary>A program that opens a model file with ML.NET only: it registers nothing, and only ML.NET can load LdmMl.</summary>
internal static class FreshProcess
{
    /// <summary>Runs the program with paths of images, or labels, and returns what it computed.</summary>
    public static Task<string> Run(string modelFile, IEnumerable<string> arguments) => Start([modelFile, .. arguments]);

    /// <summary>Runs the program on a chain that ends with a trained generator and returns what was generated.</summary>
    public static Task<string> RunTrained(string modelFile) => Start([modelFile]);

    /// <summary>Generates from seeds and labels only: both processes must give bit-identical results.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string GenerateTrained(MLContext context, ITransformer generator)
    {
        var rows = DiffusionRows.Seeds(context, (1, "even"), (1, "odd"), (2, "odd"), (3, "even"));
        return string.Join('\n', ImageRows.Pixels(generator.Transform(rows), "Generated").Select(pixels => Convert.ToHexString(SHA256.HashData(pixels!))));
    }

    private static async Task<string> Start(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(FreshProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(await error);
    }

    /// <summary>Computes every column of a model's output: both processes must give bit-identical results.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string Compute(MLContext context, ITransformer model, IEnumerable<string> images) =>
        Compute<StoredRows.Input, StoredRows.Output>(context, model, [.. images.Select(path => new StoredRows.Input { Path = path })]);

    /// <summary>As above, for a model that generates from labels: one row per label, whose seed is its number.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string Generate(MLContext context, ITransformer model, IEnumerable<string> labels) => Compute<StoredSeeds.Input, StoredSeeds.Output>(
        context, model, [.. labels.Select((label, seed) => new StoredSeeds.Input { Seed = seed, Label = label })]);

    private static string Compute<TInput, TOutput>(MLContext context, ITransformer model, TInput[] rows)
        where TInput : class
        where TOutput : class, new()
    {
        var result = new StringBuilder();
        var view = context.Data.LoadFromEnumerable(rows);
        foreach (var row in context.Data.CreateEnumerable<TOutput>(model.Transform(view), reuseRowObject: false))
            result.AppendLine(row.ToString());
        var options = new PredictionEngineOptions { OwnsTransformer = false };
        using var engine = context.Model.CreatePredictionEngine<TInput, TOutput>(model, options);
        return result.AppendLine(engine.Predict(rows[0]).ToString()).ToString();
    }

    private static int Main(string[] arguments)
    {
        if (Array.Exists(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.GetName().Name == "LdmMl"))
            throw new InvalidOperationException("LdmMl is loaded before ML.NET asked for it.");
        // As in file-based programs, whose publishing options switch it off.
        AppContext.SetSwitch("System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault", false);
        var context = new MLContext();
        var model = context.Model.Load(arguments[0], out var input);
        context.Model.Save(model, input, Stream.Null);
        if (arguments.Length == 1)
            Console.Out.Write(GenerateTrained(context, ((TransformerChain<ITransformer>)model).LastTransformer));
        else
            Console.Out.Write(input.GetColumnOrNull("Label") is null ? Compute(context, model, arguments.Skip(1)) : Generate(context, model, arguments.Skip(1)));
        return 0;
    }
}
