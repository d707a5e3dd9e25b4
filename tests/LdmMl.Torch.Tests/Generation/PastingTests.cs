using System.Text;
using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Tests.GoldenRunners;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>
/// Samplers that call the network twice in a step, where diffusers pastes the kept part of an image after each call: against numbers that the loop
/// of its inpainting pipeline gave (make_pasting.py).
/// </summary>
public class PastingTests
{
    private static readonly long[] Shape = [1, 1, 2, 3];

    private static readonly JsonNode Numbers = JsonNode.Parse(
        File.ReadAllText(Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Generation", "pasting.json")))!;

    [Theory]
    [InlineData("HeunDiscreteScheduler")]
    [InlineData("KDPM2DiscreteScheduler")]
    [InlineData("KDPM2AncestralDiscreteScheduler")]
    public void The_kept_part_is_pasted_between_the_calls_of_a_step_as_diffusers_does_it(string scheduler)
    {
        var expected = Floats(Numbers["cases"]![scheduler]!["latents"]!);

        var actual = Sample(scheduler, PastedLevel.Next, out var calls);

        Assert.Equal(Numbers["cases"]![scheduler]!["calls"]!.GetValue<int>(), calls);
        // Both compute in float32; sigmas differ by their last bit, and four steps multiply that.
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-4f * Math.Max(1, Math.Abs(pair.First))));
    }

    [Theory]
    [InlineData("HeunDiscreteScheduler")]
    [InlineData("KDPM2DiscreteScheduler")]
    public void The_former_pipeline_pastes_at_the_level_of_each_call_and_the_clean_part_last(string scheduler)
    {
        var (original, mask) = (Floats(Numbers["inputs"]!["original"]!), Floats(Numbers["inputs"]!["mask"]!));

        var latents = Sample(scheduler, PastedLevel.Current, out _);

        Assert.All(Enumerable.Range(0, mask.Length).Where(pixel => mask[pixel] == 0), pixel => Assert.Equal(original[pixel], latents[pixel]));
        Assert.NotEqual(Sample(scheduler, PastedLevel.Next, out _), latents);
    }

    private static float[] Sample(string name, PastedLevel level, out int calls)
    {
        using var scope = NewDisposeScope();
        using var config = new MemoryStream(Encoding.UTF8.GetBytes(Numbers["cases"]![name]!["config"]!.ToJsonString()));
        var scheduler = DiffusersScheduler.Read(config);
        var schedule = new NoiseSchedule(scheduler.Schedule);
        var sampling = scheduler.Sampling with { Steps = Numbers["steps"]!.GetValue<int>() };
        var plan = sampling.CreatePlan(schedule);
        var (original, noise, mask) = (Input("original"), Input("noise"), Input("mask"));
        var count = 0;
        var network = new NetworkDenoiser(
            (input, steps) =>
            {
                count++;
                var time = (steps.to(ScalarType.Float32) / Real(100)).sin().reshape(-1, 1, 1, 1) * Real(0.1);
                return (input.tanh() * Real(0.3)).Plus(input.mean().tanh() * Real(0.2)).Plus(time);
            },
            schedule, scheduler.Prediction);
        var latents = sampling.Sampler.Sample(network, plan.FirstState(noise), plan, new SamplingOptions
        {
            Noise = new RecordedNoise([.. Numbers["inputs"]!["fresh"]!.AsArray().Select(row => tensor(Floats(row!), Shape))]),
            Pasting = new Pasting(original, Real(1) - mask, () => noise, level),
        });
        calls = count;
        return [.. latents.data<float>()];
    }

    private static Tensor Input(string name) => tensor(Floats(Numbers["inputs"]![name]!), Shape);

    private static float[] Floats(JsonNode values) => [.. values.AsArray().Select(value => value!.GetValue<float>())];
}
