using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Onnx;
using OnnxOnly;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Onnx;

/// <summary>The example that reads an exported folder without this library.</summary>
public sealed class OnnxOnlyExampleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_draws_the_image_that_the_library_draws_from_the_same_noise()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Path.Combine(RealData.Repository, "examples", "models", "emoji-ldm"));
        model.SaveAsOnnx(folder.Path);
        using var exported = new ExportedModel(folder.Path);
        var settings = new GenerationSettings
        {
            Sampling = new SamplingSettings
            {
                Sampler = new DdimSampler(), Steps = 5, Spacing = TimestepSpacing.Trailing, Details = SchedulerDetails.Usual with { End = SamplingEnd.Clean },
            },
            GuidanceScale = 2,
        };
        using var noise = new RowNoise([7]);
        var first = noise.Draw(zeros(1, 4, 16, 16)).data<float>().ToArray();

        var own = model.Generate(new GenerationBatch { Seeds = [7], Labels = [1] }, settings);
        var drawn = tensor(exported.Draw(exported.Labels[1], first, steps: 5)).reshape(own.shape);

        Assert.InRange((own - drawn).abs().max().item<float>(), 0, 2e-3f);
    }
}
