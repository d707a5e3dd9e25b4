using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Torch.Tests.Diffusion;

public class DiffusersSchedulerTests
{
    private const string StableDiffusion1 = """
        { "_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "beta_end": 0.012, "beta_schedule": "scaled_linear",
          "beta_start": 0.00085, "num_train_timesteps": 1000, "set_alpha_to_one": false, "skip_prk_steps": true,
          "steps_offset": 1, "trained_betas": null, "clip_sample": false }
        """;

    public static TheoryData<string> Kinds => [.. SamplerRegistry.Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Settings_round_trip(string sampler) =>
        SamplingSettingsGen.Of(sampler).Select(SamplingSettingsGen.Schedules, Gen.Enum<Prediction>()).Sample(
            (settings, schedule, prediction) =>
            {
                // With zero terminal SNR a network that predicts epsilon is refused.
                schedule = schedule with { ZeroTerminalSnr = schedule.ZeroTerminalSnr && prediction != Prediction.Epsilon };
                var scheduler = new DiffusersScheduler(schedule, prediction, settings);

                var read = Read(Write(scheduler));

                return read.Prediction == prediction
                    && StoredSampling.AreEqual(settings, read.Sampling)
                    && RecordJson.AreEqual(schedule, read.Schedule);
            },
            iter: 50);

    [Fact]
    public void The_published_scheduler_of_Stable_Diffusion_1_is_PLMS_ending_at_the_first_step()
    {
        var scheduler = Read(StableDiffusion1);

        Assert.Equal(Prediction.Epsilon, scheduler.Prediction);
        Assert.Equal(NoiseScheduleConfig.StableDiffusion with { Precision = TablePrecision.AsDiffusers }, scheduler.Schedule);
        Assert.Equal(new PlmsSampler { LargestFactor = double.PositiveInfinity }, scheduler.Sampling.Sampler);
        Assert.Equal([901, 801, 701, 601, 501, 401, 301, 201, 101, 1], Timesteps(scheduler, 10));
        Assert.Equal(0, scheduler.Sampling.CreatePlan(new NoiseSchedule(scheduler.Schedule)).Steps[^1].To.Timestep);
    }

    [Fact]
    public void Settings_that_diffusers_can_express_are_written_without_our_own_key()
    {
        var written = Write(Read(StableDiffusion1));

        Assert.Null(written["_ldmml"]);
        Assert.Equal("PNDMScheduler", written["_class_name"]!.GetValue<string>());
        Assert.True(written["skip_prk_steps"]!.GetValue<bool>());
        Assert.Equal("scaled_linear", written["beta_schedule"]!.GetValue<string>());
    }

    [Fact]
    public void Uniform_DDIM_steps_are_the_leading_ones_with_an_offset_of_one_in_diffusers()
    {
        var written = Write(new DiffusersScheduler(NoiseScheduleConfig.LatentDiffusion, Prediction.Epsilon, new SamplingSettings()));
        written.Remove("_ldmml");

        Assert.Equal(Timesteps(new DiffusersScheduler(new(), default, new()), 50), Timesteps(Read(written), 50));
    }

    [Theory]
    [InlineData("dpm++-3m-sde", null, "DPMSolverMultistepScheduler", "sde-dpmsolver++", 2)]
    [InlineData("dpm++-3m-sde", "0", "DPMSolverMultistepScheduler", "dpmsolver++", 3)]
    [InlineData("dpm-solver", "1", "DPMSolverMultistepScheduler", "sde-dpmsolver", 2)]
    [InlineData("dpm++-2s-a", null, "DPMSolverSinglestepScheduler", null, 2)]
    public void A_sampler_that_diffusers_lacks_becomes_the_nearest_scheduler(string sampler, string? eta, string name, string? algorithm, int order)
    {
        var usual = SamplerRegistry.Create(sampler);
        var settings = new SamplingSettings { Sampler = eta is null ? usual : SamplerRegistry.With(usual, "Eta", eta) };

        var written = Write(new DiffusersScheduler(NoiseScheduleConfig.StableDiffusion, Prediction.Velocity, settings));

        Assert.Equal(name, written["_class_name"]!.GetValue<string>());
        Assert.Equal(algorithm, written["algorithm_type"]?.GetValue<string>());
        Assert.Equal(order, written["solver_order"]!.GetValue<int>());
        Assert.Equal("v_prediction", written["prediction_type"]!.GetValue<string>());
        Assert.Equal(settings, Read(written).Sampling);
    }

    [Fact]
    public void A_scheduler_replaced_in_Python_overrides_our_own_key()
    {
        var written = Write(new DiffusersScheduler(new(), Prediction.Epsilon, new SamplingSettings { Sampler = new DdimSampler { Eta = 0.5 } }));
        written["_class_name"] = "EulerDiscreteScheduler";
        written["timestep_spacing"] = "trailing";

        var read = Read(written);

        Assert.Equal(new EulerSampler(), read.Sampling.Sampler);
        Assert.Equal(TimestepSpacing.Trailing, read.Sampling.Spacing);
    }

    [Fact]
    public void Pythons_infinity_is_read_although_JSON_has_none()
    {
        var scheduler = Read(
            """{ "_class_name": "DPMSolverMultistepScheduler", "_name": "a \"quoted\" -Infinity", "lambda_min_clipped": -Infinity }""");

        Assert.Null(scheduler.Sampling.Details.SmallestLambda);
        Assert.Equal(new DpmSolverPlusPlus2MSampler(), scheduler.Sampling.Sampler);
    }

    [Theory]
    [InlineData("""{ "_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3 }""", "its '_class_name' is 'FlowMatchEulerDiscreteScheduler'; supp")]
    [InlineData("""{ "_class_name": "DDIMScheduler", "prediction_type": "flow" }""", "its 'prediction_type' is 'flow'; supported are epsilon, ")]
    [InlineData("""{ "_class_name": "DDIMScheduler", "beta_schedule": "odd" }""", "its 'beta_schedule' is 'odd'; supported are linear, ")]
    [InlineData("""{ "_class_name": "DDIMScheduler", "clip_sample_range": -1 }""", "ClipRange is -1; it must be above 0.")]
    [InlineData("""{ "_class_name": "DDIMScheduler", "num_train_timesteps": 0 }""", "Steps is 0; it must be at least 1.")]
    [InlineData("""{ "_class_name": "DDIMScheduler", "steps_offset": "x" }""", "its 'steps_offset' is 'x'; it must be a whole number.")]
    [InlineData("""{ "_class_name": "DDIMScheduler", "trained_betas": 1 }""", "its 'trained_betas' is 1; it must be a list of numbers.")]
    [InlineData("""{ "clip_sample": true }""", "it has no '_class_name', so it is not the file of a scheduler.")]
    [InlineData("[]", "it is not a JSON object.")]
    public void Unsupported_values_are_named(string json, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidDataException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "_class_name": "TCDScheduler", "beta_schedule": "scaled_linear" }""", "TCDScheduler", "this library does not support that class.")]
    [InlineData("""{ "_class_name": "DDPMScheduler", "variance_type": "learned_range" }""", "DDPMScheduler", "its 'variance_type' is 'learned_range'; the ")]
    [InlineData("""{ "_class_name": "DDIMScheduler", "timestep_spacing": "odd" }""", "DDIMScheduler", "its 'timestep_spacing' is 'odd'; supported are ")]
    [InlineData("""{ "_class_name": "DDIMScheduler", "magic": 2 }""", "DDIMScheduler", "its 'magic' is 2; no known scheduler has this key.")]
    public void An_unsupported_scheduler_is_refused_when_used_and_kept_in_the_file(string json, string name, string reason)
    {
        var scheduler = Read(json);

        var error = Assert.Throws<OptionException>(() => scheduler.Sampling.CreatePlan(new NoiseSchedule(scheduler.Schedule)));
        Assert.StartsWith($"Sampler is '{name}'; the model's scheduler cannot be used here: {reason}", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Choose another sampler, such as Ddim.", error.Message, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), Write(scheduler)));
        Assert.Equal(50, (scheduler.Sampling with { Sampler = new DdimSampler() }).CreatePlan(new NoiseSchedule(scheduler.Schedule)).Steps.Length);
    }

    [Fact]
    public void Leftover_keys_of_another_class_and_disabled_keys_are_ignored() => Assert.Equal(
        new DdimSampler(), Read("""{ "_class_name": "DDIMScheduler", "skip_prk_steps": true, "new_switch": false, "new_value": null }""").Sampling.Sampler);

    [Theory]
    [InlineData("0.30.0", 857)]
    [InlineData("0.40.0", 856)]
    [InlineData(null, 856)]
    public void DDPM_steps_to_the_next_timestep_unless_its_file_is_older(string? version, int second)
    {
        var scheduler = Read(new JsonObject { ["_class_name"] = "DDPMScheduler", ["_diffusers_version"] = version, ["timestep_spacing"] = "trailing" });

        var plan = (scheduler.Sampling with { Steps = 7 }).CreatePlan(new NoiseSchedule(scheduler.Schedule));

        Assert.Equal(second, plan.Steps[0].To.Timestep);
    }

    [Theory]
    [InlineData("0.21.4", false, true)]
    [InlineData("0.24.0", false, false)]
    [InlineData("0.40.0", true, false)]
    [InlineData("0.6.0", true, false)]
    public void Solvers_end_at_the_clean_image_on_exact_curves_unless_their_file_is_older(string version, bool clean, bool snaps)
    {
        var scheduler = Read(new JsonObject
        {
            ["_class_name"] = "DPMSolverMultistepScheduler", ["_diffusers_version"] = version, ["use_karras_sigmas"] = true,
        });

        var plan = (scheduler.Sampling with { Steps = 100 }).CreatePlan(new NoiseSchedule(scheduler.Schedule));

        Assert.Equal(clean, plan.Steps[^1].To.Sigma == 0);
        Assert.Equal(snaps, plan.Steps.Length < 100);
    }

    [Theory]
    [InlineData("DDIMScheduler", 0)]
    [InlineData("DPMSolverMultistepScheduler", 1.0 / (1 << 24))]
    [InlineData("EulerDiscreteScheduler", 1.0 / (1 << 24))]
    public void Zero_terminal_SNR_keeps_the_last_alphaBar_of_the_class(string name, double kept)
    {
        var scheduler = Read(new JsonObject { ["_class_name"] = name, ["rescale_betas_zero_snr"] = true, ["prediction_type"] = "v_prediction" });

        Assert.Equal(kept, new NoiseSchedule(scheduler.Schedule).AlphaBar[^1]);
    }

    [Theory]
    [InlineData("use_flow_sigmas", true)]
    [InlineData("use_dynamic_shifting", true)]
    [InlineData("solver_p", "x")]
    [InlineData("final_sigmas_type", "odd")]
    [InlineData("use_beta_sigmas", 1)]
    public void An_unknown_key_is_refused_by_name(string key, object value)
    {
        var json = new JsonObject { ["_class_name"] = "UniPCMultistepScheduler", [key] = JsonValue.Create(value) };

        var error = Assert.ThrowsAny<Exception>(() => Read(json).Sampling.CreatePlan(new NoiseSchedule()));

        Assert.Contains($"'{key}'", error.Message, StringComparison.Ordinal);
    }

    private static int[] Timesteps(DiffusersScheduler scheduler, int steps) =>
        [.. (scheduler.Sampling with { Steps = steps }).CreatePlan(new NoiseSchedule(scheduler.Schedule)).Steps
            .Select(step => (int)step.From.Timestep!)];

    private static JsonObject Write(DiffusersScheduler scheduler)
    {
        using var stream = new MemoryStream();
        scheduler.Write(stream);
        return (JsonObject)JsonNode.Parse(stream.ToArray())!;
    }

    private static DiffusersScheduler Read(JsonObject json) => Read(json.ToJsonString());

    private static DiffusersScheduler Read(string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return DiffusersScheduler.Read(stream);
    }
}
