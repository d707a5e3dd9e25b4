namespace LdmMl.Torch.Diffusion;

/// <summary>Runs a handler synchronously on the sampling thread, so that it may read the tensors of a report.</summary>
/// <param name="handler">The handler, called after each step; an exception from it ends sampling.</param>
/// <example>
/// A preview of every fifth step:
/// <code>
/// var progress = new StepProgress(report =&gt;
/// {
///     if (report.Step % 5 == 0)
///     {
///         using var preview = model.Autoencoder.Decode(report.Start);
///         Console.WriteLine($"step {report.Step} of {report.Steps}: mean {preview.mean().item&lt;float&gt;():F2}");
///     }
/// });
/// using var picture = model.Generate(new GenerationBatch { Seeds = [1] }, progress: progress);
/// </code>
/// </example>
public sealed class StepProgress(Action<SamplingProgress> handler) : IProgress<SamplingProgress>
{
    private readonly Action<SamplingProgress> handler = handler ?? throw new ArgumentNullException(nameof(handler));

    /// <inheritdoc/>
    public void Report(SamplingProgress value) => handler(value);
}
