using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Whole models in CompVis' format.</summary>
public sealed class CompVisModelTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("compvis-").FullName;

    public static TheoryData<string> Kinds() => [.. CompVisSample.Kinds.Keys];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_checkpoint_round_trips_through_a_diffusers_folder_with_equal_images(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = CompVisSample.Create(kind);
        using var opened = LatentDiffusionModel.Load(CompVisSample.Write(model, kind, folder));
        opened.Save(Path.Combine(folder, "diffusers"));
        using var again = LatentDiffusionModel.Load(Path.Combine(folder, "diffusers"));

        Assert.Equal(CompVisSample.Kinds[kind].Conditioning.ToString(), opened.Config.Conditioning.ToString());
        Assert.Equal(opened.Config.Conditioning.ToString(), again.Config.Conditioning.ToString());
        Assert.True(opened.LoadReport.IsExact);
        var batch = SmallDiffusion.Batch(model.Config, 1, 2);
        var settings = new GenerationSettings { Sampling = new SamplingSettings { Steps = 2 } };
        var expected = model.Generate(batch, settings);
        Assert.True(expected.bytes.SequenceEqual(opened.Generate(batch, settings).bytes), "the checkpoint's images differ");
        Assert.True(expected.bytes.SequenceEqual(again.Generate(batch, settings).bytes), "the folder's images differ");
    }

    [Theory]
    [InlineData("text", "BERTEmbedder", "[77, 16]")]
    [InlineData("hybrid", "FrozenCLIPEmbedder", "[9, 16]")]
    public void A_text_conditioned_model_without_encoder_says_what_it_needs_instead_of_text(string kind, string encoder, string shape)
    {
        using var scope = NewDisposeScope();
        using var model = CompVisSample.Create(kind);
        var more = new Dictionary<string, Tensor?> { ["cond_stage_model.transformer.norm.weight"] = ones(3), ["logvar"] = ones(1000) };
        using var opened = LatentDiffusionModel.Load(CompVisSample.Write(model, kind, folder, more));

        Assert.Equal(
            [$"No {encoder} was opened, so the model takes only encoded prompts: give it a context {shape}, "
                + "computed beforehand. A single-file model needs its tokenizer's files (vocab.json and merges.txt, or vocab.txt) in the folder 'tokenizer' next to it."],
            opened.LoadReport.Notes);
        Assert.Equal(["cond_stage_model.transformer.norm.weight", "logvar"], opened.LoadReport.Unexpected.Order());
    }

    [Theory]
    [InlineData(WeightSource.MovingAverageIfComplete, WeightSource.MovingAverage)]
    [InlineData(WeightSource.MovingAverage, WeightSource.MovingAverage)]
    [InlineData(WeightSource.Trained, WeightSource.Trained)]
    public void Moving_averages_are_loaded_by_default(WeightSource wanted, WeightSource taken)
    {
        using var scope = NewDisposeScope();
        using var model = CompVisSample.Create("unconditional");
        using var opened = LatentDiffusionModel.Load(
            CompVisSample.Write(model, "unconditional", folder, Averages(model)), new LatentDiffusionLoadOptions { WeightSource = wanted });

        Assert.Equal(taken, opened.LoadReport.WeightSource);
        Assert.True(opened.LoadReport.IsExact);
        var weight = opened.Network.state_dict()["time_embed.0.weight"];
        Assert.Equal(taken == WeightSource.MovingAverage, allclose(weight, zeros_like(weight)));
    }

    [Fact]
    public void Incomplete_averages_are_refused_if_requested_and_ignored_otherwise()
    {
        using var scope = NewDisposeScope();
        using var model = CompVisSample.Create("unconditional");
        var averages = Averages(model);
        averages.Remove("model_ema.diffusion_modelout2bias");
        var path = CompVisSample.Write(model, "unconditional", folder, averages);

        using var opened = LatentDiffusionModel.Load(path);
        Assert.Equal(WeightSource.Trained, opened.LoadReport.WeightSource);
        var error = Assert.Throws<CheckpointException>(
            () => LatentDiffusionModel.Load(path, new LatentDiffusionLoadOptions { WeightSource = WeightSource.MovingAverage }));
        var count = model.Network.parameters().Count();
        Assert.Equal(
            $"it has moving averages of {count - 1} of the U-Net's {count} parameters (none of 'diffusion_model.out.2.bias'). "
                + "Open it with WeightSource MovingAverageIfComplete or Trained.",
            error.Reason);
    }

    [Fact]
    public void Missing_and_misshapen_keys_are_listed()
    {
        using var scope = NewDisposeScope();
        using var model = CompVisSample.Create("unconditional");
        var more = new Dictionary<string, Tensor?>
        {
            ["model.diffusion_model.time_embed.0.weight"] = null,
            ["model.diffusion_model.surplus"] = ones(1),
            ["model.diffusion_model.out.2.bias"] = ones(5),
        };
        var path = CompVisSample.Write(model, "unconditional", folder, more);

        var error = Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(path));

        Assert.Equal(
            "its keys are not those of the model. Missing (1): time_embed.0.weight. Unexpected (1): surplus. "
                + "Wrong shape (1): out.2.bias: has [5], needs [4].",
            error.Reason);
    }

    [RealDataFact]
    public void The_published_form_before_PyTorch_1_6_opens_in_half_precision_without_averages()
    {
        using var scope = NewDisposeScope();
        var golden = Path.Combine(RealData.SharedGoldens!, "checkpoints", "ldm_small");
        var options = new LatentDiffusionLoadOptions { ConfigPath = Path.Combine(golden, "config.json"), LastLabelIsNull = true };
        using var half = LatentDiffusionModel.Load(Path.Combine(golden, "ldm_f16_legacy.ckpt"), options);
        using var whole = LatentDiffusionModel.Load(
            Path.Combine(golden, "ldm_f32_zip.ckpt"), options with { WeightSource = WeightSource.Trained });

        Assert.Equal(WeightSource.Trained, half.LoadReport.WeightSource);
        Assert.True(half.LoadReport.IsExact);

        // All weights are bfloat16-exact; few are too small for float16.
        var batch = new GenerationBatch { Seeds = [1], Labels = [2] };
        var settings = new GenerationSettings { Sampling = new SamplingSettings { Steps = 2 }, GuidanceScale = 2 };
        Assert.True(allclose(half.Generate(batch, settings), whole.Generate(batch, settings), atol: 1e-3));
    }

    [Fact]
    public void An_autoencoder_is_not_a_diffusion_model()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(folder, "vae.safetensors");
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["encoder.conv_in.weight"] = ones(1) });

        Assert.Equal(
            "it contains no diffusion model: no key begins with 'model.diffusion_model.'. Open a separate autoencoder with AutoencoderModel.Load.",
            Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(path)).Reason);
    }

    [Fact]
    public void Label_names_can_be_given_and_are_kept_with_the_model()
    {
        using var scope = NewDisposeScope();
        using var model = CompVisSample.Create("adm");
        var names = new[] { "a", "b", "c", "d" };
        using var opened = LatentDiffusionModel.Load(
            CompVisSample.Write(model, "adm", folder), new LatentDiffusionLoadOptions { LabelNames = names, LastLabelIsNull = true });
        opened.Save(Path.Combine(folder, "diffusers"));
        using var again = LatentDiffusionModel.Load(Path.Combine(folder, "diffusers"));

        var labels = Assert.IsType<LabelConditioning>(again.Config.Conditioning);
        Assert.Equal(names, labels.Names);
        Assert.Equal((4, true), (labels.Count, labels.HasNullLabel));
    }

    [Theory]
    [InlineData("cond_stage_key: segmentation, conditioning_key: concat, cond_stage_config: { target: ldm.modules.encoders.modules.SpatialRescaler }",
        "its 'conditioning_key' is 'concat', but it concatenates 'segmentation' (computed by 'SpatialRescaler') with the latent; supported are "
        + "'masked_image' by __is_first_stage__ and 'LR_image' by Identity.")]
    [InlineData("cond_stage_key: txt, conditioning_key: hybrid-adm, cond_stage_config: { target: a.b }",
        "its 'conditioning_key' is 'hybrid-adm'; supported are crossattn, adm, concat and hybrid, and none for an unconditional model.")]
    [InlineData("cond_stage_key: class_label, conditioning_key: adm, cond_stage_config: { target: torch.nn.Identity }",
        "its 'conditioning_key' is 'adm', but its U-Net has no 'num_classes'.")]
    public void Unknown_conditioning_is_refused(string conditioning, string reason)
    {
        using var scope = NewDisposeScope();
        using var model = CompVisSample.Create("unconditional");
        var path = CompVisSample.Write(model, "unconditional", folder);
        File.WriteAllText(Path.Combine(folder, "model.yaml"), CompVisSample.Yaml(model.Config.UNet, conditioning));

        var error = Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(path));

        Assert.Equal(reason, error.Reason);
        Assert.EndsWith("model.yaml", error.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_model_says_what_was_expected() => Assert.Equal(
        "the folder contains no whole diffusion model: neither model_index.json with its components, nor a checkpoint.",
        Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(folder)).Reason);

    private static Dictionary<string, Tensor?> Averages(LatentDiffusionModel model) => model.Network.named_parameters().ToDictionary(
        pair => "model_ema.diffusion_model" + pair.name.Replace(".", "", StringComparison.Ordinal), Tensor? (pair) => zeros_like(pair.parameter));
}
