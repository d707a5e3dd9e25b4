using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// A whole DDIM run of 50 steps over 16 latents of 16x16x4 with a network that answers immediately: the rows' noise, the plan, the sampler, and the
/// search for values that are not finite, as in a generation around its U-Net calls.
/// </summary>
internal sealed class IdleSampling : IWorkload
{
    private const int Rows = 16;

    private readonly NoiseSchedule schedule = new();
    private readonly SamplingSettings settings = new() { Steps = 50 };
    private readonly long[] seeds = [.. Enumerable.Range(0, Rows).Select(row => (long)row)];
    private readonly Tensor answer = zeros(Rows, 4, 16, 16);

    public IdleSampling() => TorchRuntime.KeepFreedMemory();

    public void Run()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var noise = new RowNoise(seeds);
        var plan = settings.CreatePlan(schedule);
        var denoiser = new NetworkDenoiser(Answer, schedule, Prediction.Epsilon);
        var state = plan.FirstState(noise.Draw(answer));
        settings.Sampler.Sample(settings.Limit(denoiser), state, plan, new SamplingOptions { Noise = noise }).Dispose();
    }

    public void Dispose() => answer.Dispose();

    private Tensor Answer(Tensor states, Tensor times)
    {
        using var finite = answer.isfinite();
        using var all = finite.all();
        return all.item<bool>() ? answer.alias() : throw new InvalidOperationException("The answer is not finite.");
    }
}
