using System.Reflection;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Transforms.Generate;
using Microsoft.ML;
using static TorchSharp.torch;

namespace LdmMl.Tests.Generation;

/// <summary>Counts the tensors of the whole process, so no other test runs at the same time.</summary>
[Collection(nameof(Alone))]
public sealed class GenerationCancellationTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly LatentDiffusionModel model = SmallDiffusion.Create();

    public void Dispose() => model.Dispose();

    [Fact]
    public async Task Cancelling_the_context_stops_between_two_steps()
    {
        // A thousand steps take seconds; the first row is computed when its latent is read.
        var options = SeedRows.Options with { Settings = new GenerationSettings { Sampling = new SamplingSettings { Steps = 1000 } } };
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(4));
        var output = context.Transforms.GenerateImages(model, options).Fit(view).Transform(view);
        var reading = Task.Run(() => ImageRows.Latents(output));
        await Task.Delay(100);
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(context, null);   // internal in ML.NET
        var exception = await Assert.ThrowsAsync<OperationCanceledException>(() => reading);
        Assert.Equal("The operation was canceled through its MLContext.", exception.Message);
    }

    [Fact]
    public void Sampling_that_is_stopped_at_the_third_step_leaks_no_tensor()
    {
        Stop();
        LeakTests.FinalizeWhatEarlierTestsLeft();
        var before = Tensor.TotalCount;
        Stop();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [InlineData("labels", false)]
    [InlineData("context", true)]
    [InlineData("inpainting", true)]
    public void No_tensor_leaks_however_rows_are_read(string kind, bool prefetch)
    {
        using var model = SmallDiffusion.Create(kind);
        var options = SeedRows.OptionsOf(kind) with { Prefetch = prefetch };
        ReadEveryWay(model, options);
        LeakTests.FinalizeWhatEarlierTestsLeft();
        var before = Tensor.TotalCount;
        ReadEveryWay(model, options);
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static void ReadEveryWay(LatentDiffusionModel model, GenerateImagesOptions options)
    {
        var context = new MLContext(seed: 1);
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(9));
        using var transformer = context.Transforms.GenerateImages(model, options).Fit(view);
        var output = transformer.Transform(view);
        Assert.Equal(9, SeedRows.Read(output).Images.Length);
        Assert.Equal(5, ImageRows.Pixels(context.Data.TakeRows(output, 5), "Out").Length);
        using var abandoned = output.GetRowCursor(output.Schema);
        Microsoft.ML.Data.MLImage image = null!;
        Assert.True(abandoned.MoveNext());
        abandoned.GetGetter<Microsoft.ML.Data.MLImage>(output.Schema["Out"])(ref image);
        image.Dispose();
    }

    private void Stop()
    {
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(2));
        using var cursor = view.GetRowCursor(view.Schema);
        var steps = 0;
        using var runner = new GenerateImagesRunner(model.Share(), cursor, SeedRows.Options, [true, true], () =>
        {
            if (++steps == 3)
                throw new OperationCanceledException();
        });
        using var rows = runner.CreateInput(capacity: 2);
        for (var slot = 0; cursor.MoveNext(); slot++)
            runner.Read(rows, slot);
        Assert.Throws<OperationCanceledException>(() => runner.Compute(rows));
        Assert.Equal(3, steps);
    }
}
