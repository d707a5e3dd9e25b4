using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Checkpoints.Published;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml weights import DIR</c>: takes published weights from a folder, for machines without a connection.</summary>
internal static class WeightsImportCommand
{
    private static readonly Argument<DirectoryInfo> Folder = new("DIR")
    {
        Description = "A folder with downloaded files, such as PyTorch's ~/.cache/torch/hub/checkpoints; its subfolders are searched too.",
    };

    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand("import", "Copies published weights from a folder into the cache, after verifying them.")
        {
            Examples = ["ldmml weights import ~/.cache/torch/hub/checkpoints"],
        };
        command.Arguments.Add(Folder);
        command.With("Output", Output.All);
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        Output.Check(parsed);
        var folder = parsed.GetRequiredValue(Folder);
        var cache = new WeightCache();
        var found = cache.Import(folder.FullName, cancellation: cancellation);
        foreach (var file in found)
        {
            if (file.Source is { } source)
                Terminal.WriteLine($"{file.File.Name}: taken from {source}");
            else if (file.Refused.Count > 0)
                Terminal.WriteLine($"{file.File.Name}: not taken, {string.Join("; ", file.Refused)}");
        }
        Output.Write(parsed, new
        {
            folder = cache.Folder,
            files = found.Select(file => new { file.File.Name, file.Source, file.Refused }),
        });
        return Judge(found, folder);
    }

    private static int Judge(IReadOnlyList<ImportedFile> found, DirectoryInfo folder)
    {
        if (found.Any(file => file.Source is null && file.Refused.Count > 0))
            return ExitCode.CheckFailed;
        if (found.Any(file => file.Source is not null))
            return ExitCode.Success;
        var names = string.Join(", ", found.Select(file => file.File.FileName));
        Terminal.Error($"'{folder.FullName}' contains none of the files: {names}. 'ldmml weights' says where they come from.");
        return ExitCode.CheckFailed;
    }
}
