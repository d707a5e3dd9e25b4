using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>
/// On a cosine schedule sigma falls from 20,000 to 15 in the first of 25 steps: whatever averages what the network said at both ends multiplies its
/// error by hundreds. Every sampler must give latents of the usual size there, on the model that comes with the library.
/// </summary>
public sealed class CosineScheduleTests : IDisposable
{
    private readonly LatentDiffusionModel model = LatentDiffusionModel.Load(Path.Combine(RealData.Repository, "examples", "models", "emoji-ldm"));

    // Steps even in ln sigma, of which there are so few that one of them goes over the most of it, are DpmFast's way.
    public static TheoryData<string> Samplers => [.. SamplerRegistry.Names.Where(name => name != "DpmFast")];

    public void Dispose() => model.Dispose();

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Latents_have_the_usual_size_from_the_last_forward_step_on(string sampler) => Assert.All(
        new[] { TimestepSpacing.Linspace, TimestepSpacing.Trailing }, spacing => Assert.All([3, 10], steps =>
        {
            using var latents = model.GenerateLatents(
                new GenerationBatch { Seeds = [1, 2], Labels = [0, 1] },
                new GenerationSettings
                {
                    Sampling = new SamplingSettings { Sampler = SamplerRegistry.Create(sampler), Steps = steps, Spacing = spacing },
                });
            using var square = latents.pow(Whole(2));

            Assert.InRange(Math.Sqrt(square.mean().item<float>()), 0.5, 1.6);
        }));
}
