using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tests.Generation;
using LdmMl.Torch.Tests.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Python;

/// <summary>Folders saved here open as pipelines in diffusers and give the same images from the same noise.</summary>
public sealed class DiffusersOpensTests : IDisposable
{
    // Both compute in float32; their convolutions sum in a different order.
    private const double Tolerance = 1e-3;

    private readonly string folder = Directory.CreateTempSubdirectory("opens-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [DiffusersTheory]
    [InlineData("unconditional", "LDMPipeline")]
    [InlineData("labels without null label", "LDMPipeline")]
    [InlineData("context", "StableDiffusionPipeline")]
    [InlineData("context, pooled too", "StableDiffusionPipeline")]
    [InlineData("VQ", "LDMPipeline")]
    [InlineData("SDXL, a mean and a deviation for each channel", "StableDiffusionXLPipeline")]
    public void A_saved_folder_opens_and_generates_the_same_images(string kind, string pipeline)
    {
        using var model = Create(kind);
        var printed = AssertSameImages(model);
        Assert.EndsWith(pipeline, printed, StringComparison.Ordinal);   // "parts of" it, where transformers is not installed
    }

    [DiffusersTheory]
    [InlineData("DDIMScheduler")]
    [InlineData("PNDMScheduler")]
    [InlineData("PNDMScheduler", "skip_prk_steps")]
    [InlineData("EulerDiscreteScheduler")]
    [InlineData("EulerDiscreteScheduler", "use_karras_sigmas")]
    [InlineData("HeunDiscreteScheduler")]
    [InlineData("KDPM2DiscreteScheduler")]
    [InlineData("LMSDiscreteScheduler", "use_exponential_sigmas")]
    [InlineData("DPMSolverMultistepScheduler")]
    [InlineData("DPMSolverMultistepScheduler", "use_lu_lambdas")]
    [InlineData("DPMSolverSinglestepScheduler")]
    [InlineData("DEISMultistepScheduler")]
    [InlineData("UniPCMultistepScheduler", "use_beta_sigmas")]
    public void Every_scheduler_that_is_written_samples_the_same_images(string scheduler, string? option = null)
    {
        var file = new JsonObject { ["_class_name"] = scheduler, ["beta_schedule"] = "scaled_linear", ["beta_start"] = 0.00085, ["beta_end"] = 0.012 };
        if (option is not null)
            file[option] = true;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(file.ToJsonString()));
        var read = DiffusersScheduler.Read(stream);
        using var model = SmallDiffusion.Create(SmallDiffusion.Variants["unconditional"] with
        {
            Schedule = read.Schedule, Prediction = read.Prediction, Sampling = read.Sampling with { Steps = 4 },
        });

        AssertSameImages(model);
    }

    // Euler with churn is not included: diffusers calls its network at the level before the noise was added, k-diffusion and this library after it.
    [DiffusersTheory]
    [InlineData("DDIMScheduler", null, """{ "eta": 0.6 }""")]
    [InlineData("DDPMScheduler", """{ "variance_type": "fixed_large" }""")]
    [InlineData("EulerAncestralDiscreteScheduler")]
    [InlineData("KDPM2AncestralDiscreteScheduler")]
    [InlineData("LCMScheduler")]
    [InlineData("DPMSolverMultistepScheduler", """{ "algorithm_type": "sde-dpmsolver++" }""")]
    [InlineData("DPMSolverMultistepScheduler", """{ "algorithm_type": "sde-dpmsolver", "final_sigmas_type": "sigma_min" }""")]
    [InlineData("DPMSolverSinglestepScheduler", """{ "algorithm_type": "sde-dpmsolver++" }""")]
    public void Every_scheduler_that_draws_noise_samples_the_same_images_from_the_same_noise(string scheduler, string? options = null, string? told = null)
    {
        var file = options is null ? [] : JsonNode.Parse(options)!.AsObject();
        file["_class_name"] = scheduler;
        (file["beta_schedule"], file["beta_start"], file["beta_end"]) = ("scaled_linear", 0.00085, 0.012);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(file.ToJsonString()));
        var read = DiffusersScheduler.Read(stream);
        var sampler = read.Sampling.Sampler is DdimSampler ddim ? ddim with { Eta = 0.6 } : read.Sampling.Sampler;
        using var model = SmallDiffusion.Create(SmallDiffusion.Variants["unconditional"] with
        {
            Schedule = read.Schedule, Prediction = read.Prediction, Sampling = read.Sampling with { Sampler = sampler, Steps = 4 },
        });
        if (told is not null)
            File.WriteAllText(Path.Combine(folder, "images.step"), told);

        AssertSameImages(model);
    }

    [DiffusersFact]
    public void The_shipped_model_draws_the_same_emoji_with_its_own_sampler()
    {
        using var model = LatentDiffusionModel.Load(Path.Combine(RealData.Repository, "examples", "models", "emoji-ldm"));

        AssertSameImages(model);
    }

    // Returns the last line that Python printed.
    private string AssertSameImages(LatentDiffusionModel model)
    {
        using var scope = NewDisposeScope();
        var batch = SmallDiffusion.Batch(model.Config, 1, 2, 3);
        var (path, output) = (Path.Combine(folder, "model"), Path.Combine(folder, "images"));
        model.Save(path);
        if (batch.Labels is { } labels)
            File.WriteAllText(output + ".json", JsonSerializer.Serialize(labels));
        if (model.Config.Conditioning.CrossAttention?.Vector is { } vector)
            batch = batch with { Pooled = SmallDiffusion.Rows([1, 2, 3], vector.PooledDimension) };
        if (batch.Pooled is { } pooled)
            File.WriteAllBytes(output + ".pooled", pooled.contiguous().bytes.ToArray());
        if (batch.Context is { } context)
            File.WriteAllBytes(output + ".context", context.contiguous().bytes.ToArray());

        var printed = DiffusersPython.Run(
            Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Python", "generate.py"),
            [path, output, model.Config.Sampling.Steps.ToString(CultureInfo.InvariantCulture), .. batch.Seeds.Select(seed => seed.ToString(CultureInfo.InvariantCulture))]);

        var expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(output)).ToArray();
        var actual = model.Generate(batch with { UnconditionalContext = null }, new GenerationSettings { GuidanceScale = 1 }).data<float>().ToArray();
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs((double)a - b)).Max(), 0, Tolerance);
        Assert.True(actual.Max() - actual.Min() > 0.1, "the images are plain");
        return printed;
    }

    private static LatentDiffusionModel Create(string kind)
    {
        var plain = SmallDiffusion.Variants["unconditional"];
        return kind switch
        {
            // Without a context, diffusers' class gives the heads of every level the same channels.
            "VQ" => SmallDiffusion.Create(
                plain with { UNet = plain.UNet with { InputChannels = 3, OutputChannels = 3, Heads = 1, HeadChannels = 8 } },
                SmallModels.Vq with { LatentScale = 0.5 }),
            "SDXL, a mean and a deviation for each channel" => SmallDiffusion.Create(
                plain with
                {
                    UNet = plain.UNet with { ContextDimension = 12, VectorDimension = 29, SizeDimension = 4, LinearProjections = true },
                    Conditioning = new ContextConditioning { Dimension = 12, Vector = new VectorConditioning { PooledDimension = 5, SizeDimension = 4 } },
                },
                SmallDiffusion.FirstStage with { LatentMeans = [0.5, -1, 0.25, 0], LatentDeviations = [2, 0.5, 1.5, 1] }),
            _ => SmallDiffusion.Create(kind),
        };
    }
}
