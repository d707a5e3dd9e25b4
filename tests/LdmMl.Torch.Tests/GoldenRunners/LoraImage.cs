using System.Text;
using System.Text.Json;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
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
        var read = DiffusersScheduler.Read(stream).Sampling;
        var sampler = read.Sampler is DdimSampler ddim ? ddim with { Eta = call.Number("eta", 0) } : read.Sampler;
        stream.Position = 0;
        var scheduler = DiffusersScheduler.Read(stream) with { Sampling = read with { Sampler = sampler } };
        var schedule = new NoiseSchedule(scheduler.Schedule);
        var latents = golden.Inputs["latents"];
        var factor = model.Autoencoder.Config.DownsampleFactor;
        var scale = call.Number("guidance_scale");
        var settings = new GenerationSettings
        {
            Sampling = scheduler.Sampling with { Steps = call.Int("num_inference_steps") },
            GuidanceScale = Math.Max(scale, 1),                       // a scale of 1 means no guidance there
            GuidanceRescale = call.Number("guidance_rescale", 0),
            Height = (int)latents.shape[2] * factor,
            Width = (int)latents.shape[3] * factor,
        };
        golden.Require(call.Int("height", settings.Height.Value) == settings.Height && call.Int("width", settings.Width.Value) == settings.Width, "another size");
        var negative = call.Has("negative_prompt") ? Texts("negative_prompt") : Enumerable.Repeat("", (int)latents.shape[0]).ToArray();
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
        var final = settings.Sampling.Sampler.Sample(denoiser, plan.FirstState(latents), plan, new SamplingOptions { Noise = Noise() });
        golden.Check("latents", final);
        var raw = ((IAutoencoderNetwork)model.Autoencoder.Network).DecodeLatents(final / Real(model.Autoencoder.Config.LatentScale));
        golden.Check("image", ((raw / Real(2)) + Real(0.5)).clamp(Real(0), Real(1)));
    }

    private string[] Texts(string key)
    {
        var texts = call.Kind(key) == JsonValueKind.String ? [call.Text(key)] : call.Texts(key);
        return [.. texts.SelectMany(text => Enumerable.Repeat(text, call.Int("num_images_per_prompt", 1)))];
    }

    private RecordedNoise Noise()
    {
        var draws = Enumerable.Range(0, 1000).Select(index => $"noise.{index}").TakeWhile(golden.Inputs.ContainsKey).Select(key => golden.Inputs[key]).ToList();
        return new RecordedNoise(draws.Count == 0 ? zeros(1) : stack(draws));
    }
}
