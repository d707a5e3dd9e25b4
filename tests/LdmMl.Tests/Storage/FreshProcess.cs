using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Storage;

/// <summary>A program that opens a model file with ML.NET alone: it registers nothing, and LdmMl is loaded by ML.NET or not at all.</summary>
internal static class FreshProcess
{
    /// <summary>Runs the program and returns what it computed.</summary>
    public static async Task<string> Run(string modelFile, IEnumerable<string> images)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(FreshProcess).Assembly.Location, modelFile, .. images])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(await error);
    }

    /// <summary>Computes every column of a model's output: what both processes must agree on to the last bit.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string Compute(MLContext context, ITransformer model, IEnumerable<string> images)
    {
        var result = new StringBuilder();
        IDataView rows = context.Data.LoadFromEnumerable(images.Select(path => new StoredRows.Input { Path = path }).ToArray());
        foreach (StoredRows.Output row in context.Data.CreateEnumerable<StoredRows.Output>(model.Transform(rows), reuseRowObject: false))
            result.AppendLine(row.ToString());
        var options = new PredictionEngineOptions { OwnsTransformer = false };
        using PredictionEngine<StoredRows.Input, StoredRows.Output> engine = context.Model.CreatePredictionEngine<StoredRows.Input, StoredRows.Output>(model, options);
        return result.AppendLine(engine.Predict(new StoredRows.Input { Path = images.First() }).ToString()).ToString();
    }

    private static int Main(string[] arguments)
    {
        if (Array.Exists(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.GetName().Name == "LdmMl"))
            throw new InvalidOperationException("LdmMl is loaded before ML.NET asked for it.");
        var context = new MLContext();
        ITransformer model = context.Model.Load(arguments[0], out _);
        Console.Out.Write(Compute(context, model, arguments.Skip(1)));
        return 0;
    }
}
