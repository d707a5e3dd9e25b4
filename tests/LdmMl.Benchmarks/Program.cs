// dotnet run -c Release --project tests/LdmMl.Benchmarks [-- [--rounds N] [WORD ...]]
// dotnet run -c Release --project tests/LdmMl.Benchmarks -- plumbing | layers | first-call | step-profile | training-profile | accuracy | passes
// dotnet run -c Release --project tests/LdmMl.Benchmarks -- feature-rows | frechet-peak
// dotnet run -c Release --project tests/LdmMl.Benchmarks -- soak | column-soak | evaluation-soak | generation-soak
// dotnet run -c Release --project tests/LdmMl.Benchmarks -- training-soak | diffusion-training-soak | kill-soak
// dotnet run -c Release --project tests/LdmMl.Benchmarks -- streaming-soak [IMAGES [FOLDER]]
// mpiexec -n 2 dotnet run -c Release --no-build --project tests/LdmMl.Benchmarks -- shared-steps
// dotnet run -c Release --project tests/LdmMl.Benchmarks -- service throughput | soak | abuse | crowd [--steps N] [--requests N] [--seconds N]
// Times every comparison whose title contains one of the words (all without words) and prints a table for the README.
using LdmMl.Benchmarks.Measuring;
using LdmMl.Benchmarks.ServiceLoad;
using LdmMl.Benchmarks.Workloads;

if (args is ["worker", var name])
{
    using var workload = Catalog.Workloads[name]();
    Worker.Serve(workload);
    return;
}

if (args is [KilledTrainingProgram.Verb, ..])
{
    Environment.ExitCode = KilledTrainingProgram.Run(args);
    return;
}

if (args is ["kill-soak"])
{
    Environment.ExitCode = KillSoak.Run(kills: 50, Console.Out) ? 0 : 1;
    return;
}

if (args is [ServiceLoadProgram.Verb, .. var asked])
{
    Environment.ExitCode = await ServiceLoadProgram.Run(asked, Console.Out);
    return;
}

var roundsAt = Array.IndexOf(args, "--rounds");
var rounds = roundsAt >= 0 ? int.Parse(args[roundsAt + 1]) : 9;
var words = args.Where((_, index) => roundsAt < 0 || (index != roundsAt && index != roundsAt + 1)).ToArray();

if (args is ["plumbing"])
{
    foreach (var prefetch in new[] { false, true })
    {
        Console.WriteLine(
            $"Plumbing of a row, 64x64 image to latent, batch 16, prefetch {(prefetch ? "on" : "off")}: {RowPlumbing.Measure(passes: 21, prefetch):F1} microseconds (goal <= 10).");
    }
    return;
}

if (args is ["layers"])
{
    ConvolutionLayers.Print(rounds: 7, Console.Out);
    return;
}

if (args is [FirstCall.Verb, ..])
{
    FirstCall.Run(args, processes: 5, Console.Out);
    return;
}

if (args is ["shared-steps"])
{
    SharedSteps.Print(Console.Out);
    return;
}

if (args is ["step-profile"])
{
    StepProfile.Print(steps: 3, Console.Out);
    return;
}

if (args is ["training-profile"])
{
    TrainingProfile.Print(rounds: 7, Console.Out);
    return;
}

if (args is ["accuracy"])
{
    Accuracy.Print(Console.Out);
    return;
}

if (args is [PassMemory.Verb, ..])
{
    PassMemory.Run(args, Console.Out);
    return;
}

if (args is ["feature-rows"])
{
    FeatureMemory.PrintRows(Console.Out);
    return;
}

if (args is ["frechet-peak"])
{
    FeatureMemory.PrintFrechetPeak(Console.Out);
    return;
}

if (args is ["soak"])
{
    foreach (var (pairs, resident, live) in PerceptualSoak.Run(pairs: 20_000, looks: 10))
        Console.WriteLine($"{pairs} pairs: {resident:F0} MB resident, {live} live tensors");
    return;
}

if (args is ["evaluation-soak"])
{
    EvaluationSoak.Print(rows: 100_000, Console.Out);
    return;
}

if (args is ["column-soak"])
{
    foreach (var (pairs, resident, live) in ColumnSoak.Run(pairs: 20_000, looks: 10))
        Console.WriteLine($"{pairs} pairs through the column: {resident:F0} MB resident, {live} live tensors");
    return;
}

if (args is ["generation-soak"])
{
    foreach (var (rows, resident, live) in GenerationSoak.Run(rows: 10_000, looks: 10))
        Console.WriteLine($"{rows} rows generated: {resident:F0} MB resident, {live} live tensors");
    return;
}

if (args is ["diffusion-training-soak"])
{
    DiffusionTrainingSoak.Run(
        steps: 5_000, looks: 10, (step, resident, live) => Console.WriteLine($"{step} steps: {resident:F0} MB resident, {live} live tensors"));
    return;
}

if (args is ["streaming-soak", .. var sizes])
{
    new StreamingSoak(sizes.Length > 0 ? int.Parse(sizes[0]) : 200_000, sizes.ElementAtOrDefault(1), Console.Out).Run(steps: 2_000);
    return;
}

if (args is ["training-soak"])
{
    TrainingSoak.Run(steps: 5_000, looks: 10, (step, resident, live) => Console.WriteLine($"{step} steps: {resident:F0} MB resident, {live} live tensors"));
    return;
}

var chosen = Catalog.Comparisons
    .Where(comparison => words.Length == 0 || words.Any(word => comparison.Title.Contains(word, StringComparison.OrdinalIgnoreCase)))
    .ToArray();
if (chosen.Length == 0)
{
    Console.Error.WriteLine($"No title contains {string.Join(" or ", words.Select(word => $"'{word}'"))}. The titles are:");
    foreach (var comparison in Catalog.Comparisons)
        Console.Error.WriteLine($"  {comparison.Title}");
    Environment.ExitCode = 2;
    return;
}

Console.WriteLine("| what | ratio [quartiles] | goal | ms | peer ms | peak MB | rounds | remark |");
Console.WriteLine("|---|---|---|---|---|---|---|---|");
foreach (var comparison in chosen)
{
    if (comparison.Missing is { } missing)
    {
        // A run of everything skips comparisons that need something this machine lacks.
        if (words.Length > 0)
            Console.Error.WriteLine(missing);
        continue;
    }

    var result = Interleaved.Measure(comparison, rounds, seed: 1);
    Console.WriteLine(
        $"| {comparison.Title} | {result.Ratio:F3} [{result.LowerQuartile:F3}, {result.UpperQuartile:F3}] | <= {comparison.Goal:G3} " +
        $"| {result.SubjectMilliseconds:G4} | {result.PeerMilliseconds:G4} | {result.PeakMegabytes:F0} " +
        $"| {result.Rounds}{(result.DisturbedRounds > 0 ? $" ({result.DisturbedRounds} disturbed)" : "")} | {result.Remark} |");
}
