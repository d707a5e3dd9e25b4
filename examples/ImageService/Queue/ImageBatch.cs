using ImageService.Requests;
using LdmMl;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace ImageService.Queue;

/// <summary>Generates the images of several requests together. A row of a batch has the same bits as when it is generated alone.</summary>
/// <param name="model">The model.</param>
/// <param name="rows">The requests, all with the same settings.</param>
internal sealed class ImageBatch(LatentDiffusionModel model, IReadOnlyList<ImageWork> rows)
{
    private ImageSettings Settings => rows[0].Order.Settings;

    /// <summary>Generates, and ends each request with its image.</summary>
    /// <param name="stopping">Asks to stop before the next step.</param>
    /// <exception cref="OperationCanceledException">Nobody waits for an image any more, or the service stops.</exception>
    public void Run(CancellationToken stopping)
    {
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var progress = new StepProgress(report =>
        {
            if (rows.All(row => row.IsAbandoned))
                abandoned.Cancel();
            else
                Report(report);
        });
        var sampling = model.Config.Sampling with { Steps = Settings.Steps };
        var settings = new GenerationSettings
        {
            Sampling = sampling, GuidanceScale = Settings.GuidanceScale, Width = Settings.Width, Height = Settings.Height,
        };
        using var images = model.Generate(Batch(), settings, progress, abandoned.Token);   // [B, C, H, W]
        foreach (var (row, image) in rows.Zip(images.ToImages(model.Autoencoder.Config.PixelRange)))
            row.Finish(image);
    }

    private GenerationBatch Batch() => new()
    {
        Seeds = [.. rows.Select(row => row.Order.Seed)],
        Labels = model.Config.Conditioning is LabelConditioning labels
            ? [.. rows.Select(row => row.Order.LabelNumber ?? labels.NullLabel!.Value)] : null,
        Prompts = rows[0].Order.Prompt is null ? null : [.. rows.Select(row => row.Order.Prompt!)],
    };

    private void Report(SamplingProgress report)
    {
        int[] watching =
            [.. Enumerable.Range(0, rows.Count).Where(row => rows[row].Order.Shows(report.Step, report.Steps) && !rows[row].IsAbandoned)];
        var previews = watching.Zip(Previews(report.Start, watching)).ToDictionary();
        for (var row = 0; row < rows.Count; row++)
            rows[row].Report(new ImageProgress(report.Step, report.Steps, previews.GetValueOrDefault(row)));
    }

    private IEnumerable<byte[]> Previews(Tensor start, int[] chosen)   // [B, c, h, w]
    {
        if (chosen.Length == 0)
            return [];
        using var scope = NewDisposeScope();
        var latents = start.index_select(0, tensor(Array.ConvertAll(chosen, row => (long)row)));   // [rows, c, h, w]
        return [.. model.Autoencoder.Decode(latents).ToImages(model.Autoencoder.Config.PixelRange).Select(image =>
        {
            using (image)
                return image.ToPng();
        })];
    }
}
