using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Checkpoints.Published;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml weights download NAME...</c>: gets published weights from their authors' addresses, with resume and verification.</summary>
internal static class WeightsDownloadCommand
{
    private static readonly Argument<string[]> Names = new("NAME")
    {
        Description = $"What to download: {WeightSets.Description()}, or single files.",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result => Values.Names(result, WeightSets.Names),
    };

    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand("download", "Downloads published weights into the cache; continues an interrupted download.")
        {
            Examples = ["ldmml weights download vgg", "ldmml weights download inception"],
        };
        command.Arguments.Add(Names);
        command.With("Output", Output.All);
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        Output.Check(parsed);
        var cache = new WeightCache();
        var files = WeightSets.FilesOf(parsed.GetRequiredValue(Names));
        var wanting = files.Where(file => cache.Check(file).State != PublishedFileState.Present).ToArray();
        WeightReport.WriteTerms(wanting, Terminal.Message);
        foreach (var file in wanting)
            Download(cache, file, cancellation);
        foreach (var file in files)
            Terminal.WriteLine($"{file.Name}: {cache.Find(file)}{(wanting.Contains(file) ? "" : " (already present)")}");
        Output.Write(parsed, WeightReport.Json(cache, files.Select(cache.Check)));
        return ExitCode.Success;
    }

    private static void Download(WeightCache cache, PublishedFile file, CancellationToken cancellation)
    {
        Terminal.Message($"{file.FileName}, {ByteSize.Of(file.Length)}, from {cache.AddressOf(file)}");
        try
        {
            ProgressDisplay.Run($"download {file.Name}", report =>
                cache.DownloadAsync(file, progress => Report(file, progress, report), cancellation).GetAwaiter().GetResult());
        }
        catch (OperationCanceledException)
        {
            Terminal.Message("The part received so far is kept; the same command continues from there.");
            throw;
        }
    }

    private static void Report(PublishedFile file, DownloadProgress progress, Action<double, string> report)
    {
        if (progress.Remark is { } remark && !Terminal.IsInteractive)
            Terminal.Message($"{file.Name}: {remark}");
        report((double)progress.Bytes / progress.Length, progress.Remark ?? $"{ByteSize.Of(progress.Bytes)} of {ByteSize.Of(progress.Length)}");
    }
}
