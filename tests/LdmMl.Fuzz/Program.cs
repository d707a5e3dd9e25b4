// dotnet run -c Release --project tests/LdmMl.Fuzz -- [--seconds N] [--seed N] [--from FOLDER] [--file FILE] [WORD ...]
// Feeds mutated files to the readers whose names contain one of the words (all without words); with --file, only that file.
// SharpFuzz counts the branches that a file takes: files that take a new one are kept (artifacts/fuzz/corpus) and mutated further.
// Each file must be opened, or refused with a documented exception, within 5 seconds and 4 times its size in memory (MemoryAllowance.cs). Files
// that break this are kept in artifacts/fuzz, and the exit code is 1. A file that ends the process is reported by the next run.
using System.Globalization;
using LdmMl.Fuzz;

Coverage.Start();
var seconds = Number("--seconds", 60);
var seed = Number("--seed", 1);
var named = args.Where((word, index) => !word.StartsWith("--", StringComparison.Ordinal) && (index == 0 || !args[index - 1].StartsWith("--", StringComparison.Ordinal)));
var words = named.ToArray();

using var samples = new Samples(Text("--from"));
var all = samples.Targets.Concat(ImageSamples.Targets);
var targets = all.Where(target => words.Length == 0 || Array.Exists(words, word => target.Name.Contains(word, StringComparison.Ordinal))).ToArray();
var run = new FuzzRun(Path.Combine("artifacts", "fuzz"), Console.Out);
run.KeepCrash();
foreach (var (target, index) in targets.Select((target, index) => (target, index)))
{
    if (Text("--file") is { } file)
        run.Try(target, File.ReadAllBytes(file), MemoryAllowance.Measure(target));
    else
        run.Try(target, seed + index, TimeSpan.FromSeconds((double)seconds / targets.Length));
}

Console.WriteLine($"{run.Files} files, {run.Refused} refused, {run.Findings} findings.");
return run.Findings == 0 ? 0 : 1;

string? Text(string option)
{
    var at = Array.IndexOf(args, option);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}

int Number(string option, int usual) => Text(option) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
