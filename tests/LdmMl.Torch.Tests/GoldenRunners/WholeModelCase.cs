using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>A whole latent diffusion model in a checkpoint: from image and label to loss, from noise to image, with either set of weights.</summary>
internal sealed class WholeModelCase(GoldenCase golden, string checkpoint)
{
    private const string Average = "ema.";

    private readonly CaseSettings sampling = golden.Settings.Object("sampling");

    /// <summary>Returns whether a case describes a whole model, and where it is: in the largest of its files.</summary>
    public static string? Find(GoldenCase golden)
    {
        if (!IsWhole(golden.Folder))
            return null;
        golden.Settings.Expect("target", "ldm.models.diffusion.ddpm.LatentDiffusion");
        golden.Settings.Node("params");                          // read by the product, as a user's YAML is
        return Directory.EnumerateFiles(golden.Folder)
            .Where(path => Path.GetExtension(path) is ".ckpt" or ".safetensors" && Path.GetFileName(path) is not ("inputs.safetensors" or "outputs.safetensors"))
            .MaxBy(path => new FileInfo(path).Length);
    }

    /// <summary>Returns whether a folder contains the results of a whole model, and not only its files.</summary>
    public static bool IsWhole(string folder) => File.Exists(Path.Combine(folder, "outputs.safetensors"));

    public void Check()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using (var trained = Open(WeightSource.Trained))
        {
            Assert.Equal(WeightSource.Trained, trained.LoadReport.WeightSource);
            CheckParts(trained);
            CheckSampling(trained, "");
        }

        if (golden.OutputsAfter(Average).Count == 0)
            return;
        using var averaged = Open(WeightSource.MovingAverageIfComplete);
        Assert.Equal(WeightSource.MovingAverage, averaged.LoadReport.WeightSource);
        Assert.True(averaged.LoadReport.IsExact);
        CheckSampling(averaged, Average);
    }

    private LatentDiffusionModel Open(WeightSource source)
    {
        using var opened = LatentDiffusionModel.Load(checkpoint, new LatentDiffusionLoadOptions
        {
            ConfigPath = golden.PathOf("config.json"),
            WeightSource = source,
            LastLabelIsNull = true,
        });
        return opened.With(golden.Convolutions);
    }

    private void CheckParts(LatentDiffusionModel model)
    {
        using var scope = NewDisposeScope();
        var latents = model.Autoencoder.Encode(golden.Inputs["image"].permute(0, 3, 1, 2).contiguous(), golden.Inputs["posterior_noise"]);
        golden.Check("z", latents);
        golden.Check("reconstruction", Decode(model, latents));
        var tokens = Tokens(model, "class_label");
        golden.Check("cond", tokens);
        golden.Check("uncond", Tokens(model, "uncond_label"));
        golden.Check("eps", model.Network.Predict(latents, Steps.to(ScalarType.Float32), new UNetConditions(Context: tokens)));
        CheckLoss(model, latents, tokens, "p_losses_l2", ReconstructionError.Squared);
        CheckLoss(model, latents, tokens, "p_losses_l1", ReconstructionError.Absolute);
    }

    private void CheckLoss(LatentDiffusionModel model, Tensor latents, Tensor tokens, string output, ReconstructionError error)
    {
        var schedule = new NoiseSchedule(model.Config.Schedule);
        var steps = Steps.data<long>().ToArray();
        var noise = golden.Inputs["loss_noise"];
        var diffusion = new GaussianDiffusion(schedule);
        var noisy = diffusion.AddNoise(latents, steps, noise);
        var predicted = model.Network.Predict(noisy, Steps.to(ScalarType.Float32), new UNetConditions(Context: tokens));
        var parameters = golden.Settings.Node("params");
        using var loss = new DiffusionLoss(schedule, new DiffusionLossOptions
        {
            Prediction = model.Config.Prediction,
            Error = error,
            SimpleWeight = parameters["l_simple_weight"]?.GetValue<double>() ?? 1,
            VariationalWeight = parameters["original_elbo_weight"]?.GetValue<double>() ?? 0,
        });
        using var value = loss.Compute(predicted, diffusion.Target(model.Config.Prediction, latents, noise, steps), steps);
        golden.Check($"{output}.val/loss_simple", value.Simple);
        golden.Check($"{output}.val/loss_vlb", value.Variational);
        golden.Check($"{output}.val/loss", value.Total);
    }

    // The same parts as LatentDiffusionModel's, with the recorded first state instead of a seed's.
    private void CheckSampling(LatentDiffusionModel model, string prefix)
    {
        using var scope = NewDisposeScope();
        sampling.Expect("kind", "ddim");
        var settings = new SamplingSettings
        {
            Sampler = new DdimSampler { Eta = sampling.Number("eta", 0) }, Steps = sampling.Int("S"), Spacing = TimestepSpacing.UniformStride,
        };
        var schedule = new NoiseSchedule(model.Config.Schedule);
        var network = Guidance.Combine(
            (states, times, tokens) => model.Network.Predict(states, times, new UNetConditions(Context: tokens)),
            Tokens(model, "uncond_label"), Tokens(model, "class_label"), sampling.Number("unconditional_guidance_scale", 1));
        List<Tensor> states = [golden.Inputs["x_T"]];
        var options = new SamplingOptions
        {
            Noise = new RecordedNoise(golden.Inputs["noise"]),
            Progress = new StepProgress(progress => states.Add(progress.State.clone().DetachFromDisposeScope())),
        };
        var samples = settings.Sampler.Sample(
            new NetworkDenoiser(network, schedule, model.Config.Prediction), states[0], settings.CreatePlan(schedule), options);
        golden.Check(prefix + "samples", samples);
        golden.Check(prefix + "x_inter", stack(states));
        golden.Check(prefix + "decoded", Decode(model, samples));
    }

    private Tensor Steps => golden.Inputs["t"];

    private Tensor Tokens(LatentDiffusionModel model, string input) => model.Denoiser.LabelTokens!.call(golden.Inputs[input]).unsqueeze(1);

    // The reference does not clamp.
    private static Tensor Decode(LatentDiffusionModel model, Tensor latents) =>
        ((IAutoencoderNetwork)model.Autoencoder.Network).DecodeLatents(latents / Real(model.Autoencoder.Config.LatentScale));
}
