using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Diffusion;

public class SamplingSettingsTests
{
    private static readonly NoiseSchedule Schedule = new();

    public static TheoryData<SamplerKind> Kinds => [.. Enum.GetValues<SamplerKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_denoiser_that_knows_the_image_leads_every_kind_to_it(SamplerKind kind)
    {
        using var scope = NewDisposeScope();
        var settings = new SamplingSettings { Sampler = kind, Steps = 8 };
        var plan = settings.CreatePlan(Schedule);
        using var noise = new RowNoise([3]);
        var image = rand(1, 2, 3, 3);

        var state = plan.FirstState(noise.Draw(image));
        var result = settings.CreateSampler().Sample(new KnownImage(image), state, plan, new SamplingOptions { Noise = noise });

        // Plans over timesteps end at the noise of forward step 0, sqrt(1 - alphaBar) = 0.039.
        Assert.InRange((result - image).abs().max().item<float>(), 0, 0.2);
    }

    private sealed class KnownImage(Tensor image) : IDenoiser
    {
        public Denoised Denoise(Tensor state, NoiseLevel level) => Denoised.FromStart(state, level, image.alias());
    }
}
