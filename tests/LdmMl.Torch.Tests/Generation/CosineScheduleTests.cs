using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>
/// On a cosine schedule sigma falls from 20,000 to 15 in the first of 25 steps: a method that averages the network's outputs at both ends multiplies
/// their error by hundreds. Every sampler must give latents of the usual magnitude there, with the model that is shipped with the library.
/// </summary>
public sealed class CosineScheduleTests : IDisposable
{
    private readonly LatentDiffusionModel model = LatentDiffusionModel.Load(Path.Combine(RealData.Repository, "examples", "models", "emoji-ldm"));

    // DpmFast takes equal steps in ln sigma, so few that one of them covers most of it.
    public static TheoryData<string> Samplers => [.. SamplerRegistry.Names.Where(name => name != "DpmFast")];

    public void Dispose() => model.Dispose();

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Latents_sampled_from_the_last_forward_step_have_the_usual_magnitude(string sampler) => Assert.All(
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
