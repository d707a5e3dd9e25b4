using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Generation;
using LdmMl.Testing;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Rows;

/// <summary>A token in the options ends the reading of rows.</summary>
public class CancellationTests
{
    private readonly MLContext context = new(seed: 1);

    [Fact]
    public void Rows_of_the_current_batch_stay_readable_after_cancellation()
    {
        using var source = new CancellationTokenSource();
        var output = new SumTransformer(context, 4, prefetch: true, source.Token).Transform(BatchRows.Load(context));
        var rows = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in output.GetColumn<float>("Sum"))
            {
                if (++rows == 6)
                    source.Cancel();
            }
        });
        Assert.Equal(8, rows);
    }

    [Fact]
    public async Task Sampling_stops_between_two_steps()
    {
        using var model = SmallDiffusion.Create();
        using var source = new CancellationTokenSource();
        var options = SeedRows.Options with
        {
            CancellationToken = source.Token, Settings = new() { Sampling = model.Config.Sampling with { Steps = 1000 } },
        };
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(4));
        using var transformer = context.Transforms.GenerateImages(model, options).Fit(view);
        var reading = Task.Run(() => ImageRows.Latents(transformer.Transform(view)));
        source.CancelAfter(TimeSpan.FromMilliseconds(100));   // a thousand steps take seconds
        await Assert.ThrowsAsync<OperationCanceledException>(() => reading);
    }
}
