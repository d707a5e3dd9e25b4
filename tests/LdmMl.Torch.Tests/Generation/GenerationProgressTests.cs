using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Progress and cancellation while images are generated.</summary>
public class GenerationProgressTests
{
    private static readonly GenerationBatch Batch = new() { Seeds = [1, 2] };

    [Fact]
    public void Progress_reports_every_step_and_shows_a_preview()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        var steps = new List<(int, int)>();
        long[]? preview = null;

        var latents = model.GenerateLatents(Batch, progress: new StepProgress(report =>
        {
            steps.Add((report.Step, report.Steps));
            preview = model.Autoencoder.Decode(report.Start).shape;
        }));

        Assert.Equal([(1, 4), (2, 4), (3, 4), (4, 4)], steps);
        Assert.Equal([2, 3, 16, 16], preview!);
        Assert.Equal([2, 4, 8, 8], latents.shape);
    }

    [Fact]
    public void Cancellation_stops_between_steps()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        using var source = new CancellationTokenSource();
        var steps = 0;

        Assert.Throws<OperationCanceledException>(() => model.Generate(
            Batch,
            progress: new StepProgress(report =>
            {
                steps = report.Step;
                if (steps == 2)
                    source.Cancel();
            }),
            cancellationToken: source.Token));
        Assert.Equal(2, steps);
    }

    [Fact]
    public void A_token_that_is_already_cancelled_stops_before_any_work()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        var steps = 0;

        Assert.Throws<OperationCanceledException>(
            () => model.GenerateLatents(Batch, progress: new StepProgress(_ => steps++), cancellationToken: new CancellationToken(canceled: true)));
        Assert.Equal(0, steps);
    }
}
