using System.Diagnostics;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>One training under way: the optimiser, the random generators and how far it is.</summary>
internal sealed class AutoencoderTrainingRun : IDisposable
{
    private readonly AutoencoderModel model;
    private readonly AutoencoderTrainingOptions options;
    private readonly IImageSet? validation;
    private readonly AutoencoderLoss loss;
    private readonly LearningRateSchedule schedule;
    private readonly BatchReader batches;
    private readonly Generator noises;
    private readonly Parameter[] parameters;
    private readonly optim.Optimizer optimizer;
    private readonly Stopwatch clock = new();
    private readonly int steps;
    private long imagesSeen;

    public AutoencoderTrainingRun(AutoencoderModel model, AutoencoderTrainingOptions options, IImageSet images, IImageSet? validation)
    {
        this.model = model;
        this.options = options;
        this.validation = validation;
        steps = options.Steps ?? checked(options.Epochs * ((images.Count + options.BatchSize - 1) / options.BatchSize));
        loss = LossTerms.For(model.Config, options);
        schedule = new LearningRateSchedule(options.LearningRate, options.WarmupSteps, options.Decay, steps);
        batches = new BatchReader(images, model.Config.PixelRange, options);
        noises = RandomStream.Noise.Create(options.Seed);
        parameters = [.. model.Network.parameters()];

        // With a weight decay of 0 AdamW is Adam. Its state is made here, outside every step's scope, and lives as long as the run.
        optimizer = optim.AdamW(parameters, options.LearningRate, options.Beta1, options.Beta2, weight_decay: options.WeightDecay);
    }

    public bool IsComplete => (LastStep?.Step ?? 0) == steps;

    public TrainingStep? LastStep { get; private set; }

    public ValidationResult? Validation { get; private set; }

    /// <summary>Takes one step, and validates where that is due.</summary>
    public TrainingStep Advance()
    {
        clock.Start();
        var step = Learn((LastStep?.Step ?? 0) + 1);
        clock.Stop();
        if (validation is not null && IsValidationDue(step.Step))
            step = step with { Validation = Validation = AutoencoderValidation.Measure(model, validation, options.BatchSize, step.Step) };
        return LastStep = step with { ImagesPerSecond = imagesSeen / clock.Elapsed.TotalSeconds };
    }

    public void Dispose()
    {
        // A finished model needs no gradients, which take as much memory as its weights.
        foreach (var parameter in parameters)
            parameter.grad = null;
        optimizer.Dispose();
        noises.Dispose();
        batches.Dispose();
    }

    private TrainingStep Learn(int step)
    {
        using var scope = NewDisposeScope();
        var images = batches.Next().to(model.Device);            // [B, C, H, W]
        var noise = Noise(images);                               // [B, c, h, w]
        using var pass = TrainingForward.Run(model.Network, images, noise);
        var (total, terms) = loss.Compute(pass);
        var value = total.item<float>();
        if (!float.IsFinite(value))
            throw DivergenceSearch.InForward(step, model.Network, images, noise, terms);

        optimizer.zero_grad();
        total.backward();
        var norm = GradientNorms.Clip(parameters, options.GradientClipNorm);
        if (!double.IsFinite(norm))
            throw DivergenceSearch.InBackward(step, model.Network);

        var rate = schedule.At(step);
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = rate;
        optimizer.step();
        imagesSeen += images.shape[0];
        return new TrainingStep
        {
            Step = step, Steps = steps, Epoch = batches.Epoch, Loss = value, Terms = terms,
            GradientNorm = norm, LearningRate = rate, ImagesPerSecond = 0,
        };
    }

    // Drawn on the CPU wherever the model is, so that a seed means the same noise on every device.
    private Tensor Noise(Tensor images)
    {
        var factor = model.Config.DownsampleFactor;
        long[] shape = [images.shape[0], model.Config.LatentChannels, images.shape[2] / factor, images.shape[3] / factor];
        return randn(shape, generator: noises).to(model.Device);
    }

    private bool IsValidationDue(int step) =>
        step == steps || (options.ValidationInterval is { } interval ? step % interval == 0 : batches.EndsEpoch);
}
