using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Shows samples of a diffusion model, always from the same seeds and with the same labels or captions.</summary>
internal static class SamplePreview
{
    /// <summary>The number of images that it shows.</summary>
    public const int Images = 8;

    /// <summary>Generates the sheet with the model's default sampling.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">A text for each image; null for a model without captions.</param>
    /// <param name="step">The number of steps before it.</param>
    public static TrainingPreview Of(LatentDiffusionModel model, IReadOnlyList<string>? prompts, int step)
    {
        using var scope = NewDisposeScope();
        using var direct = model.With(ConvolutionMode.Direct);   // transformed weights would be stale after the next step
        long[] seeds = [.. Enumerable.Range(1, Images).Select(seed => (long)seed)];
        var labels = model.Config.Conditioning as LabelConditioning;
        var batch = new GenerationBatch
        {
            Seeds = seeds, Labels = labels is null ? null : [.. seeds.Select(seed => (int)((seed - 1) % labels.Count))], Prompts = prompts,
        };
        var samples = direct.Generate(batch).cpu();              // [n, C, H, W]
        var names = labels?.Names.Count > 0 ? $", labels {string.Join(", ", labels.Names.Take(Images))}" : "";
        var texts = prompts is null ? "" : $", captions {string.Join(", ", prompts.Select(prompt => $"'{prompt}'"))}";
        return PreviewSheet.Of(
            step, [samples], model.Autoencoder.Config.PixelRange, $"{Images} samples with the seeds 1 to {Images}{names}{texts} after {step} steps");
    }
}
