using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Schedulers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// Whole runs of current diffusers schedulers, from their files: the network is called at the same times and the result is the same, or the file
/// is refused and the key is named.
/// </summary>
internal sealed class DiffusersNowRunner : IGoldenRunner
{
    // Relative to the largest value; the reference's own float32 is 1e-6 away in most cases.
    private const double Tolerance = 5e-5;
    private const double TimeTolerance = 2e-3;
    private const int StartSeed = 77;
    private const string Refused = "refused by the name of a key";

    public string Group => "diffusers-now";

    public void Run(GoldenCase golden)
    {
        golden.Settings.Describes("target");                           // the class, which each run's file names
        var runs = JsonNode.Parse(PythonJson.Quoted(File.ReadAllText(golden.PathOf("cases.json"))))!.AsArray();
        var failures = runs.Select(run => new CaseSettings(run!.AsObject())).Select(Failure).OfType<string>().ToArray();

        Assert.True(failures.Length == 0, $"{golden.Name}: {failures.Length} of {runs.Count} runs fail.\n{string.Join('\n', failures)}");
    }

    // Null if the run equals the reference's, is refused with a key, or is a listed deviation.
    private static string? Failure(CaseSettings run)
    {
        var name = run.Text("name");
        var file = run.Node("scheduler_config").AsObject();
        var found = Difference(run, file);
        if (run.Unread().ToArray() is { Length: > 0 } unread)
            return $"{name}: nobody read {string.Join(", ", unread)}";
        var deviates = SchedulerDeviations.Contains(file, run.Int("steps"));
        return (found, deviates) switch
        {
            (Refused, _) => null,
            (null, true) => $"{name}: equals the reference, though the list of deviations names it",
            (null, false) or (_, true) => null,
            _ => $"{name}: {found}",
        };
    }

    private static string? Difference(CaseSettings run, JsonObject file)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        try
        {
            return Compare(run, Read(run, file));
        }
        catch (Exception error) when (error is InvalidDataException or OptionException)
        {
            run.Describes("steps", "seed", "network", "init_noise_sigma", "network_times", "final", "eta");
            return file.Any(pair => error.Message.Contains($"'{pair.Key}'", StringComparison.Ordinal)) ? Refused : $"refused without a key: {error.Message}";
        }
    }

    private static DiffusersScheduler Read(CaseSettings run, JsonObject file)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(file.ToJsonString()));
        var scheduler = DiffusersScheduler.Read(stream);
        var sampler = scheduler.Sampling.Sampler;
        if (run.OptionalNumber("eta") is { } eta)
            sampler = SamplerRegistry.With(sampler, "Eta", eta.ToString(CultureInfo.InvariantCulture));
        return scheduler with { Sampling = scheduler.Sampling with { Steps = run.Int("steps"), Sampler = sampler } };
    }

    private static string? Compare(CaseSettings run, DiffusersScheduler scheduler)
    {
        var schedule = new NoiseSchedule(scheduler.Schedule);
        var plan = scheduler.Sampling.CreatePlan(schedule);
        var network = new Network(run.Choice("network", "sin", ("sin", true), ("dummy", false)));
        var denoiser = scheduler.Sampling.Limit(new NetworkDenoiser(network.Predict, schedule, scheduler.Prediction));
        using var start = new RowNoise([StartSeed]);
        using var noise = new RowNoise([run.Long("seed")]);
        var scale = run.Number("init_noise_sigma");
        var first = plan.FirstState(start.Draw(zeros(1, 4, 4, 4)));

        var final = scheduler.Sampling.Sampler.Sample(denoiser, first, plan, new SamplingOptions { Noise = noise }).data<float>().ToArray();

        var times = run.Node("network_times").AsArray().Select(Number).ToArray();
        var expected = run.Node("final").AsArray().Select(Number).ToArray();
        if (Math.Abs(plan.InitialScale - scale) > 1e-5 * scale)
            return $"begins with noise times {plan.InitialScale}, the reference {scale}";
        if (times.Length != network.Times.Count || times.Zip(network.Times).Any(pair => Math.Abs(pair.First - pair.Second) > TimeTolerance))
            return $"asks at [{Join(network.Times)}], the reference at [{Join(times)}]";
        if (!expected.All(double.IsFinite))
            return final.All(float.IsFinite) ? null : "gives no numbers, as the reference";
        var (difference, largest) = (expected.Zip(final).Max(pair => Math.Abs(pair.First - pair.Second)), expected.Max(Math.Abs));
        return difference <= Tolerance * largest ? null : $"ends {difference / largest:G3} of the largest value away";
    }

    private static double Number(JsonNode? value) => value!.GetValueKind() == JsonValueKind.String
        ? double.Parse(value.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture) : value.GetValue<double>();

    private static string Join(IEnumerable<double> times) =>
        string.Join(' ', times.Select(time => time.ToString("G7", CultureInfo.InvariantCulture)));

    /// <summary>0.3 x + 0.2 sin(0.01 t + 0.37 i) with i the index of the value, or x t / (t + 1).</summary>
    private sealed class Network(bool isSine)
    {
        public List<double> Times { get; } = [];

        public Tensor Predict(Tensor state, Tensor times)
        {
            using var scope = NewDisposeScope();
            var time = times[0].item<float>();
            Times.Add(time);
            if (!isSine)
                return scope.MoveToOuter(state * Real(time / (time + 1)));
            var phase = (arange(Whole(state.numel())).to(ScalarType.Float32) * Real(0.37)).Plus(times[0] * Real(0.01));
            return scope.MoveToOuter((state * Real(0.3)).Plus((phase.sin() * Real(0.2)).reshape(state.shape)));
        }
    }
}
