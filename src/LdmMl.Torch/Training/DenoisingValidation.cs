using LdmMl.Torch.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Measures the prediction error on images that are not trained on.</summary>
internal static class DenoisingValidation
{
    // With a single timestep per image, the error of a small set would be too noisy.
    private const int Repeats = 4;

    /// <summary>Measures the mean error, with the same timesteps and noise every time.</summary>
    public static DiffusionValidation Measure(
        DiffusionNetworks networks, GaussianDiffusion diffusion, LatentCache latents, TrainingConditions conditions, DiffusionTrainingOptions options,
        Device device, int step)
    {
        using var noGradient = no_grad();
        using var noises = RandomStream.Validation.Create(options.Seed);
        var (sum, pairs) = (0.0, Repeats * latents.Count);
        foreach (var chunk in Enumerable.Range(0, pairs).Chunk(options.BatchSize))
        {
            using var scope = NewDisposeScope();
            long[] rows = [.. chunk.Select(pair => (long)(pair % latents.Count))];
            long[] steps = [.. chunk.Select(pair => (long)((pair + 0.5) * diffusion.Schedule.Steps / pairs))];
            var labels = conditions.Labels is { } known ? tensor(known.Read(rows), device: device) : null;
            var batch = new LatentBatch(latents.Read(rows).to(device), labels, conditions.Captions?.Read(rows, chunk[0] / latents.Count).to(device));
            var noise = randn(batch.Latents.shape, generator: noises).to(device);
            var pass = new DenoisingPass(diffusion, options.Loss.Prediction, batch, steps, noise);
            var errors = (pass.Predict(networks) - pass.Target()).pow(Whole(2));
            sum += errors.sum(ScalarType.Float64).Read<double>() / errors[0].numel();
        }

        if (!double.IsFinite(sum))
            throw new TrainingDivergedException(step, module: null, "while validating: a prediction is not finite. Lower the learning rate.");
        return new DiffusionValidation(step, sum / pairs);
    }
}
