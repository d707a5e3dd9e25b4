using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training.States;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Checks every step of a training and reports problems in words. Its state is part of the training's state.</summary>
internal sealed class TrainingMonitor : IResumable
{
    private readonly MonitorPace pace;
    private IMonitorCheck[] checks;
    private readonly int[] saidAt = new int[Enum.GetValues<TrainingVerdictKind>().Length];

    private TrainingMonitor(MonitorPace pace, params IMonitorCheck[] checks) => (this.pace, this.checks) = (pace, checks);

    /// <summary>Gets the check of reconstructions under a discriminator; null without one.</summary>
    public CollapseCheck? Collapse => checks.OfType<CollapseCheck>().FirstOrDefault();

    /// <summary>Gets or sets the function that describes the consequence of a collapse; null if there is none.</summary>
    public Func<string>? Collapsed { get; set; }

    /// <summary>Creates the monitor of a first stage.</summary>
    public static TrainingMonitor For(AutoencoderTrainingOptions options, AutoencoderConfig config)
    {
        var monitor = new TrainingMonitor(options.MonitorPace);
        monitor.checks =
        [
            new LearningRateCheck(options, new AutoencoderTrainingOptions().LearningRate, published: 4.5e-6),
            new ProgressCheck("images of one colour", options.MonitorPace), new GradientCheck(options), new LatentScaleCheck(options.MonitorPace),
            .. KindChecks(options, config),
            .. options.Adversarial is { } adversarial ? monitor.AdversarialChecks(adversarial, options.MonitorPace) : [],
        ];
        return monitor;
    }

    /// <summary>Creates the monitor of a diffusion model.</summary>
    public static TrainingMonitor For(DiffusionTrainingOptions options) => new(
        options.MonitorPace,
        new LearningRateCheck(options, new DiffusionTrainingOptions().LearningRate, published: 1e-6), new ProgressCheck("the prediction 0", options.MonitorPace),
        new GradientCheck(options), new LearnedScaleCheck(options.MonitorPace));

    /// <summary>Checks a step.</summary>
    /// <returns>The problems that were not reported within the last <see cref="MonitorPace.QuietSteps"/> steps.</returns>
    public IReadOnlyList<TrainingVerdict> Look(TrainingStep step, StepSignals signals)
    {
        List<TrainingVerdict> verdicts = [];
        foreach (var (kind, sentence) in checks.SelectMany(check => check.Look(step, signals)))
        {
            ref var said = ref saidAt[(int)kind];
            if (said > 0 && step.Step - said < pace.QuietSteps)
                continue;
            said = step.Step;
            verdicts.Add(new TrainingVerdict(kind, step.Step, sentence));
        }

        return verdicts;
    }

    /// <summary>Lets a problem that has ended be reported at once if it returns.</summary>
    public void Forget(TrainingVerdictKind kind) => saidAt[(int)kind] = 0;

    public void Write(TrainingSnapshot snapshot)
    {
        using var said = tensor(saidAt.Select(step => (long)step).ToArray());
        snapshot.Add("monitor.said", said);
        foreach (var (index, means) in Memories.Index())
        {
            using var numbers = tensor(means.Remember());
            snapshot.Add($"monitor.{index}", numbers);
        }
    }

    public void Read(TrainingSnapshot snapshot)
    {
        var said = snapshot.Numbers("monitor.said");
        if (said.Length != saidAt.Length)
            throw new InvalidDataException("the state of the monitor was written by another version.");
        foreach (var (index, step) in said.Index())
            saidAt[index] = checked((int)step);
        foreach (var (index, means) in Memories.Index())
            means.Recall(snapshot.RealNumbers($"monitor.{index}"));
    }

    private IEnumerable<RunningMeans> Memories => checks.SelectMany(check => check.Memory);

    private static IEnumerable<IMonitorCheck> KindChecks(AutoencoderTrainingOptions options, AutoencoderConfig config)
    {
        if (config.HasPosterior)
            yield return new PosteriorCheck(options.KullbackLeiblerWeight, options.MonitorPace);
        if (config is VqAutoencoderConfig)
            yield return new CodebookCheck(options.MonitorPace);
    }

    private IEnumerable<IMonitorCheck> AdversarialChecks(AdversarialTrainingOptions options, MonitorPace pace) =>
    [
        new AdversaryCheck(pace), new AdaptiveWeightCheck(Adversary.LargestWeight * options.Weight, pace),
        new CollapseCheck(
            options.CollapseLimit ?? MonitorLimits.Collapse,
            () => Collapsed?.Invoke() ?? "Lower the weight of the adversarial term, or let the discriminator start later and gradually.", pace),
    ];
}
