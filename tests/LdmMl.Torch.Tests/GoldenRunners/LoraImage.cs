using System.Text;
using System.Text.Json;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>The image that a pipeline generates from a text with a changed model.</summary>
internal sealed class LoraImage(GoldenCase golden, LatentDiffusionModel model, CaseSettings call)
{
    public void Check()
    {
        using var scope = NewDisposeScope();
        var json = call.Node("scheduler_config").DeepClone().AsObject();
        json["_diffusers_version"] = "0.21.4";                       // the reference's own
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString()));
        var scheduler = DiffusersScheduler.Read(stream);
        var schedule = new NoiseSchedule(scheduler.Schedule);
        var latents = golden.Inputs["latents"];
        var factor = model.Autoencoder.Config.DownsampleFactor;
        var scale = call.Number("guidance_scale");
        var settings = new GenerationSettings
        {
            Sampling = scheduler.Sampling with { Steps = call.Int("num_inference_steps") },
            GuidanceScale = Math.Max(scale, 1),                       // a scale of 1 means no guidance there
            Height = (int)latents.shape[2] * factor,
            Width = (int)latents.shape[3] * factor,
        };
        var negative = call.Has("negative_prompt") ? Texts("negative_prompt") : [""];
        call.Describes("negative_prompt");                           // unused without guidance
        var batch = new GenerationBatch
        {
            Seeds = [.. Enumerable.Range(0, (int)latents.shape[0]).Select(row => (long)row)],
            Prompts = Texts("prompt"),
            NegativePrompts = scale > 1 ? negative : null,
        };
        using var conditions = model.Conditions(batch, settings);
        var network = conditions.Guide(settings.GuidanceScale, settings.GuidanceRescale);
        var plan = settings.Sampling.CreatePlan(schedule);
        var denoiser = settings.Sampling.Limit(new NetworkDenoiser(network, schedule, scheduler.Prediction));
        var final = settings.Sampling.Sampler.Sample(denoiser, plan.FirstState(latents), plan, new SamplingOptions { Noise = new RecordedNoise(zeros(1)) });
        var raw = ((IAutoencoderNetwork)model.Autoencoder.Network).DecodeLatents(final / Real(model.Autoencoder.Config.LatentScale));
        golden.Check("image", ((raw / Real(2)) + Real(0.5)).clamp(Real(0), Real(1)));
    }

    private string[] Texts(string key) => call.Kind(key) == JsonValueKind.String ? [call.Text(key)] : call.Texts(key);
}
