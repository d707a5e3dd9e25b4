using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Cli.Tests.Commands;

public sealed partial class TrainTogetherTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddModel().AddImages(count: 10, width: 16, height: 16);

    private string[] Autoencoder =>
    [
        "train", "autoencoder", "--images", files.Images, "--size", "16", "--channels", "8", "--multipliers", "1", "1", "--latent-channels", "2", "--norm-groups", "4",
        "--batch", "3", "--accumulate", "4", "--steps", "4", "--flips", "--ema", "0.9", "--clip", "1", "--adversarial-weight", "0.5", "--adversarial-start", "1",
        "--discriminator-channels", "8", "--discriminator-layers", "1", "--save-interval", "2",
    ];

    private string[] Diffusion =>
    [
        "train", "diffusion", "--images", files.Images, "--autoencoder", files.Model, "--size", "16", "--channels", "8", "--norm-groups", "4", "--multipliers", "1", "2",
        "--head-channels", "8", "--dropout", "0.2", "--batch", "3", "--accumulate", "4", "--steps", "4", "--flips", "--validation", files.Images,
    ];

    private string[] WithCodebook
    {
        get
        {
            var config = new VqAutoencoderConfig
            {
                BaseChannels = 8, ChannelMultipliers = [1, 1], ResidualBlocks = 1, LatentChannels = 2, NormGroups = 4, CodebookSize = 16,
            };
            using (var model = AutoencoderModel.Create(config, seed: 1))
                model.Save(files.File("codebook"));
            return
            [
                "train", "autoencoder", "--images", files.Images, "--from", files.File("codebook"), "--size", "16",
                "--batch", "3", "--accumulate", "8", "--steps", "2", "--learning-rate", "0.01",
            ];
        }
    }

    public void Dispose() => files.Dispose();

    [MpiTheory]
    [InlineData("autoencoder")]
    [InlineData("codebook")]
    [InlineData("diffusion")]
    public void Both_stages_have_the_same_bits_on_one_two_and_four_processes(string stage)
    {
        var command = stage switch { "diffusion" => Diffusion, "codebook" => WithCodebook, _ => Autoencoder };
        var alone = ToolRun.StartIn(new() { ["OMP_NUM_THREADS"] = "1" }, [.. command, "--out", files.File("alone"), "--json", files.File("alone.json")]);
        Assert.True(alone.ExitCode == 0, alone.Errors);
        foreach (var (launcher, processes) in new[] { (Mpi.Mpich, 2), (Mpi.OpenMpi, 2), (Mpi.Mpich, 4) })
        {
            var together = Mpi.Start(
                launcher, processes, [.. command, "--out", files.File("together"), "--json", files.File("together.json"), "--overwrite"]);

            Assert.True(together.ExitCode == 0, together.Errors);
            Assert.Equal(Hashes("alone"), Hashes("together"));
            Assert.Equal(Losses("alone.json"), Losses("together.json"));
            Assert.Equal(alone.Output.Replace("alone", "together", StringComparison.Ordinal), together.Output);        // said once
            Assert.Contains($"process {processes - 1} of {processes} (", together.Errors, StringComparison.Ordinal);
        }
    }

    [MpiTheory]
    [InlineData(Mpi.Mpich)]
    [InlineData(Mpi.OpenMpi)]
    public void A_training_resumes_on_another_number_of_processes(string launcher)
    {
        string[] command = [.. Diffusion, "--decay", "none"];
        var whole = ToolRun.StartIn(new() { ["OMP_NUM_THREADS"] = "1" }, [.. command, "--out", files.File("whole")]);
        string[] parts = [.. command, "--out", files.File("parts")];
        var first = Mpi.Start(launcher, 4, [.. Replaced(parts, "--steps", "1")]);
        var second = ToolRun.StartIn(new() { ["OMP_NUM_THREADS"] = "1" }, [.. Replaced(parts, "--steps", "2"), "--resume"]);
        var third = Mpi.Start(launcher, 2, [.. parts, "--resume"]);

        Assert.True((whole.ExitCode, first.ExitCode, second.ExitCode, third.ExitCode) == (0, 0, 0, 0), first.Errors + second.Errors + third.Errors);
        Assert.Equal(Hashes("whole"), Hashes("parts"));
    }

    [MpiTheory]
    [InlineData(Mpi.Mpich)]
    [InlineData(Mpi.OpenMpi)]
    public void A_process_that_dies_ends_the_job_and_is_named_and_the_training_goes_on(string launcher)
    {
        string[] command = [.. Replaced(Diffusion, "--steps", "100000"), "--decay", "none", "--save-interval", "1", "--out", files.File("trained")];
        using var job = Mpi.Begin(launcher, 2, command);
        var output = job.StandardOutput.ReadToEndAsync();
        var lines = new List<string>();
        var victim = "";
        while (victim.Length == 0 && job.StandardError.ReadLine() is { } line)
        {
            lines.Add(line);
            victim = Victim().Match(line).Groups["pid"].Value;
        }

        var state = Path.Combine(files.File("trained"), "training", "state.json");
        var watch = Stopwatch.StartNew();
        while (!File.Exists(state) && watch.Elapsed < TimeSpan.FromMinutes(1))
            Thread.Sleep(20);
        using (var process = Process.GetProcessById(int.Parse(victim, System.Globalization.CultureInfo.InvariantCulture)))
            process.Kill();
        var ended = job.WaitForExit(TimeSpan.FromSeconds(30));
        if (!ended)
            job.Kill(entireProcessTree: true);

        Assert.True(ended);
        Assert.NotEqual(0, job.ExitCode);
        var said = output.Result + job.StandardError.ReadToEnd();
        Assert.Contains(launcher == Mpi.Mpich ? $"PID {victim} RUNNING AT" : "process rank 1", said, StringComparison.Ordinal);
        var step = int.Parse(Step().Match(File.ReadAllText(state)).Groups["step"].Value, System.Globalization.CultureInfo.InvariantCulture);
        var resumed = Mpi.Start(launcher, 2, [.. Replaced(command, "--steps", $"{step + 2}"), "--resume"]);
        Assert.True(resumed.ExitCode == 0, resumed.Errors);
        Assert.Contains($"resuming after step {step}", resumed.Errors, StringComparison.Ordinal);
    }

    [MpiTheory]
    [InlineData("--accumulate", "2", "2 processes", "")]
    [InlineData("--accumulate", "6", "", "--accumulate is 6; 2 processes share the batches of a step, so it must be a power of two and at least 2.")]
    [InlineData("--seed", "1", "", "process 1 does another training than process 0: here ")]
    public void Processes_that_cannot_train_together_end_with_a_sentence(string option, string value, string said, string error)
    {
        string[] command = [.. Diffusion, "--out", files.File("trained"), "--seed", "0"];
        var changed = Replaced(command, option, value);
        var run = Mpi.Start(Mpi.Mpich, option == "--seed" ? command : changed, changed);

        Assert.Equal(error.Length == 0, run.ExitCode == 0);
        Assert.Contains(said.Length == 0 ? "ends the training of all: " : "process 1 of 2 (", run.Errors, StringComparison.Ordinal);
        Assert.Contains(error, run.Errors, StringComparison.Ordinal);
        Assert.Equal(error.Length == 0, Directory.Exists(Path.Combine(files.File("trained"), "unet")));
    }

    private static string[] Replaced(string[] words, string option, string value)
    {
        var changed = (string[])words.Clone();
        changed[Array.IndexOf(changed, option) + 1] = value;
        return changed;
    }

    [GeneratedRegex(@"^process 1 of 2 \(.*PID (?<pid>\d+)\)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Victim();

    [GeneratedRegex(@"""step"": (?<step>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Step();

    private Dictionary<string, string> Hashes(string folder) => Directory.EnumerateFiles(files.File(folder), "*.safetensors", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(files.File(folder), path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));

    private string[] Losses(string name) => [.. Loss().Matches(File.ReadAllText(files.File(name))).Select(match => match.Value)];

    [GeneratedRegex(@"""(loss|gradientNorm|validation)"": [^,]*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Loss();
}
