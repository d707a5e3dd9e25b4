using CsCheck;
using LdmMl.Torch.Diffusion;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Diffusion;

public class PredictionTests
{
    // Without the last step of zero terminal SNR, where epsilon says nothing about the image.
    private static readonly Gen<(NoiseSchedule Schedule, int Step, int Seed)> Cases = Gen.Select(
        SamplingSettingsGen.Schedules.Select(config => new NoiseSchedule(config with { ZeroTerminalSnr = false })),
        Gen.Double[0, 1],
        Gen.Int[0, 1000],
        (schedule, share, seed) => (schedule, (int)(share * (schedule.Steps - 1)), seed));

    [Theory]
    [InlineData(Prediction.Epsilon)]
    [InlineData(Prediction.Start)]
    [InlineData(Prediction.Velocity)]
    public void The_training_target_converts_back_to_image_and_noise(Prediction prediction) =>
        Cases.Sample(
            sample =>
            {
                using var scope = NewDisposeScope();
                var diffusion = new GaussianDiffusion(sample.Schedule);
                var (image, noise) = Draw(sample.Seed);
                long[] steps = [sample.Step];

                var state = diffusion.AddNoise(image, steps, noise);
                var said = diffusion.Target(prediction, image, noise, steps);

                var level = NoiseLevel.Of(sample.Schedule, sample.Step);
                AssertNear(image, diffusion.ToStart(prediction, said, state, steps), 1 / level.Alpha);
                AssertNear(noise, diffusion.ToEpsilon(prediction, said, state, steps), 1 / level.Sigma);
            },
            iter: 100);

    [Theory]
    [InlineData(Prediction.Epsilon)]
    [InlineData(Prediction.Start)]
    [InlineData(Prediction.Velocity)]
    public void A_denoiser_scales_the_state_for_the_network_and_the_estimate_back(Prediction prediction) =>
        Cases.Sample(
            sample =>
            {
                using var scope = NewDisposeScope();
                var (image, noise) = Draw(sample.Seed);
                var kept = NoiseLevel.Of(sample.Schedule, sample.Step);
                var level = NoiseLevel.OfSigma(kept.Ratio, sample.Step);
                var asked = Array.Empty<float>();
                var denoiser = new NetworkDenoiser(
                    (state, times) =>
                    {
                        asked = [.. state.data<float>()];
                        Assert.Equal(sample.Step, times.item<float>());
                        return new GaussianDiffusion(sample.Schedule).Target(prediction, image, noise, [sample.Step]);
                    },
                    sample.Schedule,
                    prediction);

                using var denoised = denoiser.Denoise(image.Plus(noise * Real(level.Sigma)), level);

                AssertNear(image, denoised.Start, 1 / kept.Alpha);
                AssertNear(noise, denoised.Epsilon, 1 / kept.Sigma);
                AssertNear((image * Real(kept.Alpha)).Plus(noise * Real(kept.Sigma)), tensor(asked).reshape(image.shape), 1);
            },
            iter: 100);

    [Fact]
    public void Epsilon_is_refused_at_pure_noise()
    {
        using var state = zeros(1, 1, 2, 2);
        var schedule = new NoiseSchedule(new NoiseScheduleConfig { ZeroTerminalSnr = true });
        var denoiser = new NetworkDenoiser((states, _) => states.alias(), schedule, Prediction.Epsilon);

        var exception = Assert.Throws<InvalidOperationException>(() => denoiser.Denoise(state, NoiseLevel.Of(schedule, 999)));

        Assert.Equal(
            "The state is pure noise (zero terminal SNR): a network that predicts epsilon says nothing about the image there. "
            + "Use one that predicts Velocity or Start, or Leading spacing.",
            exception.Message);
    }

    // Rounding errors grow with the divisor.
    private static void AssertNear(Tensor expected, Tensor actual, double growth) =>
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, 2e-6 * Math.Max(growth, 1));

    private static (Tensor Image, Tensor Noise) Draw(int seed)
    {
        using var noise = new RowNoise([seed]);
        using var like = empty(1, 2, 2, 3);
        return (noise.Draw(like), noise.Draw(like));
    }
}
