using System.Diagnostics;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Cli.Generating;

/// <summary>Generates planned images batch by batch and writes each as soon as it is finished.</summary>
internal sealed record ImageGeneration
{
    public required LatentDiffusionModel Model { get; init; }

    public required GenerationSettings Settings { get; init; }

    /// <summary>Creates the reader of initial images; if the model enlarges them, its size is theirs, not the result's.</summary>
    public required InitialImages Initials { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>Generates the images.</summary>
    /// <param name="images">The images that are not made yet.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="onFinished">Called for each finished image with its share of the seconds that its batch took.</param>
    /// <param name="onStep">Called after each step.</param>
    /// <param name="cancellation">Ends the work between two steps; finished batches are kept.</param>
    public void Run(
        IReadOnlyList<PlannedImage> images, GenerationFolder folder, Action<PlannedImage, double> onFinished, Action<GenerationProgress> onStep,
        CancellationToken cancellation)
    {
        var finished = 0;
        foreach (var batch in images.Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var clock = Stopwatch.StartNew();
            using (var made = Make(batch, at => onStep(new(finished, batch.Length, at.Step, at.Steps)), cancellation))
                Write(batch, made, folder);
            finished += batch.Length;
            foreach (var image in batch)
                onFinished(image, clock.Elapsed.TotalSeconds / batch.Length);
        }
    }

    private Tensor Make(PlannedImage[] batch, Action<SamplingProgress> onStep, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var rows = new GenerationBatch
        {
            Seeds = [.. batch.Select(image => image.Seed)],
            Labels = batch[0].Label is null ? null : [.. batch.Select(image => image.Label!.Value)],
            Prompts = batch[0].Prompt is null ? null : [.. batch.Select(image => image.Prompt!)],
            NegativePrompts = batch[0].NegativePrompt is null ? null : [.. batch.Select(image => image.NegativePrompt!)],
            Masks = batch[0].Mask is null
                ? null : Initials.Read([.. batch.Select(image => image.Mask!)], channels: 1, PixelRange.ZeroToOne, PixelColor.Black),
        };
        if (batch[0].Initial is not null)
            rows = Begin(rows, [.. batch.Select(image => image.Initial!)]);
        return scope.MoveToOuter(Model.Generate(rows, Settings, new StepProgress(onStep), cancellation));
    }

    private GenerationBatch Begin(GenerationBatch rows, string[] files)
    {
        var config = Model.Autoencoder.Config;
        return Model.Config.Conditioning is ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage }
            ? rows with { LowResolutionImages = Initials.Read(files, config.ImageChannels, PixelRange.MinusOneToOne, PixelColor.White) }
            : rows with { InitialImages = Initials.Read(files, config.ImageChannels, config.PixelRange, PixelColor.White) };
    }

    private void Write(PlannedImage[] batch, Tensor images, GenerationFolder folder)     // [B, C, H, W]
    {
        foreach (var (planned, image) in batch.Zip(images.ToImages(Model.Autoencoder.Config.PixelRange)))
        {
            using (image)
                folder.Write(planned, image);
        }
    }
}
