using System.Text;
using System.Text.Json;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tests.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// One run of a pipeline: a scheduler, the arguments of the call, the recorded noise. It uses the same parts as
/// <see cref="LatentDiffusionModel.Generate"/>, with the recorded first state instead of a seed's.
/// </summary>
internal sealed class PipelineRun(
    GoldenCase golden, LatentDiffusionModel model, string name, bool isFirst, CaseSettings run, OnnxPipeline? exported)
{
    private readonly CaseSettings call = run.Object("call");
    private readonly List<float> times = [];
    private readonly List<Tensor> states = [];
    private Tensor? firstInput;
    private Tensor? firstOutput;

    private bool IsXl => run.Text("pipeline") == "StableDiffusionXLPipeline";

    private bool IsLatentDiffusion => run.Text("pipeline") == "LDMTextToImagePipeline";

    // A scale of 1 means no guidance; in latent diffusion's own pipeline, only exactly 1 does.
    private bool Guides => IsLatentDiffusion ? Scale != 1 : Scale > 1;

    private bool BeginsWithImage =>
        run.Text("pipeline") is "StableDiffusionImg2ImgPipeline" or "StableDiffusionInpaintPipeline" or "StableDiffusionInpaintPipelineLegacy";

    private bool Upscales => run.Text("pipeline") == "StableDiffusionUpscalePipeline";

    private double Scale => call.Number("guidance_scale", 1);

    private int Repeats => call.Int("num_images_per_prompt", 1);

    private PipelineTexts Texts => new(golden, model, exported, name, run.Text("pipeline"), call, Guides);

    public void Check()
    {
        _ = run.Choice("pipeline", "", ("StableDiffusionPipeline", 0), ("LDMTextToImagePipeline", 0), ("StableDiffusionXLPipeline", 0),
            ("StableDiffusionUpscalePipeline", 0), ("StableDiffusionImg2ImgPipeline", 0), ("StableDiffusionInpaintPipeline", 0),
            ("StableDiffusionInpaintPipelineLegacy", 0));
        run.Node("draws");                                       // the shapes of the recorded noise
        var scheduler = Scheduler();
        if (BeginsWithImage)
        {
            CheckFromImage(scheduler);
            return;
        }

        var schedule = new NoiseSchedule(scheduler.Schedule);
        var latents = Given("latents");
        var rows = (int)latents.shape[0];
        var (encoding, nothing) = Texts.Encode(rows, takesSecond: true);
        using var conditional = encoding;
        using var unconditional = nothing;
        var batch = new GenerationBatch
        {
            Seeds = [.. Enumerable.Range(0, rows).Select(row => (long)row)],
            Context = encoding.Context,
            UnconditionalContext = Guides ? nothing!.Context : null,
            Pooled = IsXl ? encoding.Pooled : null,
            UnconditionalPooled = IsXl && Guides ? nothing!.Pooled : null,
            LowResolutionImages = Upscales ? Given("image") * Real(2) - Real(1) : null,
        };
        var noise = Noise();
        var generation = Settings(scheduler, latents);
        CheckEmbeddings(batch, generation);
        using var conditions = model.Conditions(batch, generation, noise);
        var network = conditions.Guide(generation.GuidanceScale, generation.GuidanceRescale);
        var guided = new NetworkDenoiser((input, steps) => Predict(network, input, steps), schedule, scheduler.Prediction);
        var plan = scheduler.Sampling.CreatePlan(schedule).Until(schedule.Steps * (1 - (generation.DenoisingEnd ?? 1)));
        var start = plan.FirstState(latents);
        var final = scheduler.Sampling.Sampler.Sample(scheduler.Sampling.Limit(new Recorder(this, guided)), start, plan, new SamplingOptions { Noise = noise });
        states.Add(final);

        golden.Check($"{name}.timesteps", tensor(times.ToArray()));
        golden.Check($"{name}.latents", stack(states.Skip(1).ToList()));
        golden.Check($"{name}.eps_first", firstOutput!);
        var beside = conditions.Concatenated;
        var input = beside is null ? firstInput! : cat([firstInput!, beside], dim: 1);
        golden.Check($"{name}.model_input_first", Guides ? cat([input, input]) : input);
        CheckImages(final);
        CheckOriginal(batch, final);
    }

    // The library's whole path, with the recorded noise instead of the rows' own.
    private void CheckFromImage(DiffusersScheduler scheduler)
    {
        var rows = Repeats * (call.Kind("prompt") == JsonValueKind.String ? 1 : call.Texts("prompt").Length);
        var (encoding, nothing) = Texts.Encode(rows, takesSecond: false);
        using var conditional = encoding;
        using var unconditional = nothing;
        var images = new PipelineImages(run.Text("pipeline"), call, Given, rows);
        var batch = new GenerationBatch
        {
            Seeds = [.. Enumerable.Range(0, rows).Select(row => (long)row)],
            Context = encoding.Context,
            UnconditionalContext = nothing?.Context,
            InitialImages = images.Initial,
            Masks = images.Mask,
        };
        var (height, width) = ((int)images.Initial.shape[2], (int)images.Initial.shape[3]);
        var generation = Settings(scheduler, height, width) with { ImageRule = images.Rule, Strength = images.Strength };
        CheckEmbeddings(batch, generation);
        var noise = images.Noise(Draws());
        var final = model.SampleWith(
            batch, generation, noise, new SamplingOptions { Noise = noise, Made = state => states.Add(state.clone().DetachFromDisposeScope()) },
            denoiser => new Watch(this, denoiser, scheduler.Prediction));

        golden.Check($"{name}.timesteps", tensor(times.ToArray()));
        golden.Check($"{name}.latents", stack(states));
        golden.Check($"{name}.eps_first", firstOutput!);
        using var conditions = model.Conditions(batch, generation, images.NoiseOfMasked(Draws()));
        var input = conditions.Concatenated is { } beside ? cat([firstInput!, beside], dim: 1) : firstInput!;
        golden.Check($"{name}.model_input_first", Guides ? cat([input, input]) : input);
        CheckImages(final);
    }

    private GenerationSettings Settings(DiffusersScheduler scheduler, Tensor latents)
    {
        var factor = model.Autoencoder.Config.DownsampleFactor;
        return Settings(scheduler, (int)latents.shape[2] * factor, (int)latents.shape[3] * factor);
    }

    private GenerationSettings Settings(DiffusersScheduler scheduler, int height, int width)
    {
        _ = (call.Int("height", height), call.Int("width", width));
        return new GenerationSettings
        {
            Sampling = scheduler.Sampling,
            GuidanceScale = Guides ? Scale : 1,
            GuidanceRescale = call.Number("guidance_rescale", 0),
            DenoisingEnd = call.OptionalNumber("denoising_end"),
            NoiseLevel = Upscales ? call.Int("noise_level", 20) : null,
            Height = height,
            Width = width,
            Sizes = IsXl ? Sizes("") : null,
            NegativeSizes = IsXl && call.Has("negative_original_size") ? Sizes("negative_") : null,
        };
    }

    private ImageSizes Sizes(string prefix)
    {
        var original = call.OptionalInts($"{prefix}original_size");
        var crop = call.OptionalInts($"{prefix}crops_coords_top_left");
        var target = call.OptionalInts($"{prefix}target_size");
        return new ImageSizes
        {
            OriginalHeight = original?[0], OriginalWidth = original?[1], CropTop = crop?[0] ?? 0, CropLeft = crop?[1] ?? 0,
            TargetHeight = target?[0], TargetWidth = target?[1],
        };
    }

    private DiffusersScheduler Scheduler()
    {
        // The reference's own versions, as in the files of a model.
        var json = run.Node("scheduler_config").DeepClone().AsObject();
        json["_diffusers_version"] = json["_class_name"]!.GetValue<string>() == "LCMScheduler" ? "0.23.1" : "0.21.4";
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString()));
        var scheduler = DiffusersScheduler.Read(stream);
        var sampler = scheduler.Sampling.Sampler is DdimSampler ddim ? ddim with { Eta = call.Number("eta", 0) } : scheduler.Sampling.Sampler;
        return scheduler with { Sampling = scheduler.Sampling with { Steps = call.Int("num_inference_steps"), Sampler = sampler } };
    }

    private Tensor Predict(Func<Tensor, Tensor, Tensor> network, Tensor input, Tensor steps)
    {
        times.Add(steps[0].item<float>());
        var output = network(input, steps);
        firstInput ??= input.clone().DetachFromDisposeScope();
        firstOutput ??= output.clone().DetachFromDisposeScope();
        return output;
    }

    private Tensor Given(string key)
    {
        const string Inputs = "inputs: ";
        var text = call.Text(key);
        return golden.Inputs[text.StartsWith(Inputs, StringComparison.Ordinal) ? text[Inputs.Length..] : throw call.Unsupported(key, "a tensor of the inputs")];
    }

    private RecordedNoise Noise()
    {
        var draws = Draws();
        return new RecordedNoise(draws.Count == 0 ? zeros(1) : stack(draws));
    }

    private List<Tensor> Draws() =>
        [.. Enumerable.Range(0, 1000).Select(index => $"{name}.noise.{index}").TakeWhile(golden.Inputs.ContainsKey).Select(key => golden.Inputs[key])];

    private void CheckEmbeddings(GenerationBatch batch, GenerationSettings generation)
    {
        var embeddings = Guides ? cat([batch.UnconditionalContext!, batch.Context!]) : batch.Context!;
        golden.Check(isFirst ? "prompt_embeds" : $"{name}.prompt_embeds", embeddings);
        if (!IsXl)
            return;
        var (rows, size) = (batch.Seeds.Count, new LdmMl.Torch.Tensors.ImageSize(generation.Width!.Value, generation.Height!.Value));
        var sizes = tensor(generation.Sizes!.Numbers(size)).expand(rows, -1);
        golden.Check($"{name}.time_ids", Guides ? cat([tensor((generation.NegativeSizes ?? generation.Sizes).Numbers(size)).expand(rows, -1), sizes]) : sizes);
        golden.Check($"{name}.text_embeds", Guides ? cat([batch.UnconditionalPooled!, batch.Pooled!]) : batch.Pooled!);
    }

    private Tensor Decode(Tensor latents) =>
        exported is null ? ((IAutoencoderNetwork)model.Autoencoder.Network).DecodeLatents(latents) : exported.Decode(latents);

    private void CheckImages(Tensor latents)
    {
        var raw = Decode(latents / Real(model.Autoencoder.Config.LatentScale));
        golden.Check($"{name}.decoded", raw);
        var image = ((raw / Real(2)) + Real(0.5)).clamp(Real(0), Real(1));
        golden.Check($"{name}.image", image);
    }

    // The result of CompVis' own code for the same noise and text with DDIM.
    private void CheckOriginal(GenerationBatch batch, Tensor final)
    {
        if (!golden.Wants("compvis.embeds") || name != "ddim")
            return;
        golden.Check("compvis.embeds", cat([batch.UnconditionalContext!.narrow(0, 0, 1), batch.Context!.narrow(0, 0, 1)]));
        golden.Check("compvis.ddim_latent", final);
        var raw = Decode(final / Real(model.Autoencoder.Config.LatentScale));
        golden.Check("compvis.image", ((raw / Real(2)) + Real(0.5)).clamp(Real(0), Real(1)));
    }

    /// <summary>Keeps the time of every call, and the first input and output.</summary>
    private sealed class Watch(PipelineRun owner, IDenoiser denoiser, Prediction prediction) : IDenoiser
    {
        public Denoised Denoise(Tensor state, NoiseLevel level)
        {
            var denoised = denoiser.Denoise(state, level);
            owner.times.Add((float)level.Timestep!.Value);
            owner.firstInput ??= (state / Real(Math.Sqrt((level.Alpha * level.Alpha) + (level.Sigma * level.Sigma)))).DetachFromDisposeScope();
            owner.firstOutput ??= PredictionMean.Of(prediction, denoised, level).clone().DetachFromDisposeScope();
            return denoised;
        }
    }

    /// <summary>Keeps the state at every call: the result of the step before.</summary>
    private sealed class Recorder(PipelineRun owner, IDenoiser denoiser) : IDenoiser
    {
        public Denoised Denoise(Tensor state, NoiseLevel level)
        {
            owner.states.Add(state.clone().DetachFromDisposeScope());
            return denoiser.Denoise(state, level);
        }
    }
}
