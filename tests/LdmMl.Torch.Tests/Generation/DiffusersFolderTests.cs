using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tests.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Folders of diffusers' own pipelines, and what diffusers finds in this library's folders.</summary>
public sealed class DiffusersFolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("diffusers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void An_LDMPipeline_with_a_VQModel_opens()
    {
        using var scope = NewDisposeScope();
        var config = SmallDiffusion.Variants["unconditional"];
        using var model = SmallDiffusion.Create(
            config with { UNet = config.UNet with { InputChannels = 3, OutputChannels = 3, Heads = 1, HeadChannels = 8 } }, SmallModels.Vq);
        model.Save(folder);
        WriteIndex(
            "LDMPipeline", ("vqvae", "diffusers", "VQModel"), ("unet", "diffusers", "UNet2DModel"), ("scheduler", "diffusers", "DDIMScheduler"));

        using var opened = LatentDiffusionModel.Load(folder);

        Assert.IsType<VqAutoencoderConfig>(opened.Autoencoder.Config);
        Assert.Same(Conditioning.None, opened.Config.Conditioning);
        Assert.Empty(opened.LoadReport.Notes);
        AssertSameImages(model, opened);
    }

    [Fact]
    public void A_StableDiffusionPipeline_opens_without_its_text_encoder()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("context");
        model.Save(folder);
        WriteIndex("StableDiffusionPipeline", ("vae", "diffusers", "AutoencoderKL"), ("unet", "diffusers", "UNet2DConditionModel"),
            ("scheduler", "diffusers", "PNDMScheduler"), ("text_encoder", "transformers", "CLIPTextModel"),
            ("tokenizer", "transformers", "CLIPTokenizer"));

        using var opened = LatentDiffusionModel.Load(folder);

        Assert.Equal(new ContextConditioning { Dimension = SmallDiffusion.ContextDimension }, opened.Config.Conditioning);
        Assert.Equal(
            ["No CLIPTextModel was opened, so the model takes only encoded prompts: give it a context [77, 12], "
                + "computed beforehand. A single-file model needs its tokenizer's files (vocab.json and merges.txt, or vocab.txt) in the folder 'tokenizer' next to it."],
            opened.LoadReport.Notes);
        AssertSameImages(model, opened);
    }

    [Theory]
    [InlineData("inpainting with context", "StableDiffusionInpaintPipeline", "MaskThenMaskedImage")]
    [InlineData("super-resolution", "LDMSuperResolutionPipeline", "LowResolutionImage")]
    public void Concatenated_inputs_are_inferred_from_the_shape_of_the_U_Net(string kind, string pipeline, string input)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);
        model.Save(folder);
        WriteIndex(pipeline, ("vae", "diffusers", "AutoencoderKL"));

        using var opened = LatentDiffusionModel.Load(folder);

        // The super-resolution pipeline does not scale latents; this model does.
        var isScaled = pipeline != "LDMSuperResolutionPipeline";
        Assert.Equal(input, Assert.IsType<ConcatenatedConditioning>(opened.Config.Conditioning).Input.ToString());
        Assert.Equal(isScaled ? SmallDiffusion.FirstStage.LatentScale : 1, opened.Autoencoder.Config.LatentScale);
        var batch = SmallDiffusion.Batch(model.Config, 1, 2);
        Assert.Equal(isScaled, model.Generate(batch).bytes.SequenceEqual(opened.Generate(batch).bytes));
    }

    [Fact]
    public void Labels_of_a_diffusers_folder_have_no_names_and_a_null_label_only_if_the_user_says_so()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("labels");
        model.Save(folder);
        WriteIndex("DiffusionPipeline", ("vae", "diffusers", "AutoencoderKL"));

        using var plain = LatentDiffusionModel.Load(folder);
        using var described = LatentDiffusionModel.Load(
            folder, new LatentDiffusionLoadOptions { LastLabelIsNull = true, LabelNames = ["a", "b", "c"] });

        var labels = Assert.IsType<LabelConditioning>(plain.Config.Conditioning);
        Assert.Equal((4, false, 0), (labels.Count, labels.HasNullLabel, labels.Names.Count));
        labels = Assert.IsType<LabelConditioning>(described.Config.Conditioning);
        Assert.Equal((3, true, 1), (labels.Count, labels.HasNullLabel, labels.IndexOf("b")));
    }

    [Theory]
    [InlineData("unconditional", "UNet2DModel", "LDMPipeline", "vqvae")]
    [InlineData("labels", "UNet2DModel", "LDMPipeline", "vqvae")]
    [InlineData("context", "UNet2DConditionModel", "StableDiffusionPipeline", "vae")]
    [InlineData("inpainting with context", "UNet2DConditionModel", "StableDiffusionInpaintPipeline", "vae")]
    [InlineData("super-resolution", "UNet2DModel", "LDMPipeline", "vqvae")]
    public void The_index_names_classes_that_diffusers_has(string kind, string unet, string pipeline, string firstStage)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);
        model.Save(folder);

        var index = ReadJson("model_index.json");
        Assert.Equal(pipeline, (string?)index["_class_name"]);
        Assert.Equal(["diffusers", "AutoencoderKL"], index[firstStage]!.AsArray().Select(name => (string?)name));
        Assert.Equal(["diffusers", unet], index["unet"]!.AsArray().Select(name => (string?)name));
        Assert.Equal(["diffusers", "DDIMScheduler"], index["scheduler"]!.AsArray().Select(name => (string?)name));
        Assert.Equal(unet, (string?)ReadJson("unet/config.json")["_class_name"]);
        Assert.Equal("AutoencoderKL", (string?)ReadJson($"{firstStage}/config.json")["_class_name"]);
        Assert.Equal("DDIMScheduler", (string?)ReadJson("scheduler/scheduler_config.json")["_class_name"]);
        Assert.Equal(8, (int?)ReadJson("unet/config.json")["sample_size"]);
        Assert.Equal(pipeline.StartsWith("Stable", StringComparison.Ordinal), index["text_encoder"] is JsonArray { Count: 2 } absent && absent[0] is null);
    }

    [Fact]
    public void A_super_resolution_model_with_latent_scale_1_names_the_pipeline_that_does_not_scale()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(SmallDiffusion.Variants["super-resolution"], SmallDiffusion.FirstStage with { LatentScale = 1 });
        model.Save(folder);

        using var opened = LatentDiffusionModel.Load(folder);

        Assert.Equal("LDMSuperResolutionPipeline", (string?)ReadJson("model_index.json")["_class_name"]);
        AssertSameImages(model, opened);
    }

    [Fact]
    public void An_inpainting_model_conditioned_on_sizes_names_SDXLs_pipeline()
    {
        using var scope = NewDisposeScope();
        var plain = SmallDiffusion.Variants["inpainting with context"];
        var told = new VectorConditioning { PooledDimension = 5, SizeDimension = 4, ZeroWithoutNegative = false };
        using var model = SmallDiffusion.Create(plain with
        {
            UNet = plain.UNet with { VectorDimension = 29, SizeDimension = 4 },
            Conditioning = (ConcatenatedConditioning)plain.Conditioning with { Context = plain.Conditioning.CrossAttention! with { Vector = told } },
        });
        model.Save(folder);

        using var opened = LatentDiffusionModel.Load(folder);

        var index = ReadJson("model_index.json");
        Assert.Equal("StableDiffusionXLInpaintPipeline", (string?)index["_class_name"]);
        Assert.False((bool?)index["force_zeros_for_empty_prompt"]);
        Assert.True(index.ContainsKey("text_encoder_2"));
        Assert.Equal(told, opened.Config.Conditioning.CrossAttention!.Vector);
    }

    [Fact]
    public void A_mean_and_a_deviation_per_channel_are_refused_in_a_pipeline_that_does_not_apply_them()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("context");
        model.Save(folder);
        var config = ReadJson("vae/config.json");
        (config["latents_mean"], config["latents_std"]) = (new JsonArray(0.5, 0, 0, 0), new JsonArray(1, 1, 1, 2));
        File.WriteAllText(Path.Combine(folder, "vae", "config.json"), config.ToJsonString());

        var error = Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(folder));

        Assert.Equal(
            "LatentDiffusionConfig: the first stage has a mean and a standard deviation per latent channel (LatentMeans, latents_mean), which only "
            + "SDXL applies; leave them out, or give the model a VectorConditioning.",
            error.Reason);
    }

    [Fact]
    public void A_folder_that_replaces_one_with_another_first_stage_opens_as_the_last_one_written()
    {
        using var scope = NewDisposeScope();
        using var context = SmallDiffusion.Create("context");
        using var plain = SmallDiffusion.Create("unconditional");
        context.Save(folder);
        plain.Save(folder);
        File.WriteAllText(Path.Combine(folder, "vae", "config.json"), "{}");

        using var opened = LatentDiffusionModel.Load(folder);

        AssertSameImages(plain, opened);
    }

    [Fact]
    public void A_model_with_a_diffusion_transformer_is_recognised()
    {
        WriteIndex("StableDiffusion3Pipeline", ("vae", "diffusers", "AutoencoderKL"), ("transformer", "diffusers", "SD3Transformer2DModel"));

        var error = Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(folder));

        Assert.Equal(
            "it is a whole diffusion model whose network is a transformer (SD3Transformer2DModel, of a StableDiffusion3Pipeline); this library has U-Nets.",
            error.Reason);
    }

    [Fact]
    public void An_ML_NET_model_is_recognised()
    {
        var path = Path.Combine(folder, "model.zip");
        using (var archive = System.IO.Compression.ZipFile.Open(path, System.IO.Compression.ZipArchiveMode.Create))
        {
            archive.CreateEntry("TrainingInfo/Version.txt");
            archive.CreateEntry("TransformerChain/Transform_000/Model.key");
        }

        var error = Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(path));

        Assert.StartsWith("it is a model of ML.NET, not a checkpoint. Open it with mlContext.Model.Load", error.Reason, StringComparison.Ordinal);
    }

    [RealDataTheory]
    [InlineData("unet")]
    [InlineData("vae", "use_quant_conv", "use_post_quant_conv", "mid_block_add_attention")]
    public void Configurations_have_the_keys_of_diffusers_own_folders(string component, params string[] keysOfLaterVersions)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("context");
        model.Save(folder);

        var known = Directory.EnumerateFiles(Path.Combine(RealData.SharedGoldens!, "diffusers-models"), "config.json", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(Path.GetDirectoryName(path)) == component)
            .SelectMany(path => JsonNode.Parse(File.ReadAllText(path))!.AsObject().Select(pair => pair.Key));
        Assert.Empty(ReadJson($"{component}/config.json").Select(pair => pair.Key).Except(known).Except(keysOfLaterVersions));
    }

    [Fact]
    public void A_missing_component_of_a_folder_is_named()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        model.Save(folder);
        File.Delete(Path.Combine(folder, "scheduler", "scheduler_config.json"));

        var error = Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(folder));

        Assert.Equal("there is no such file.", error.Reason);
        Assert.EndsWith("scheduler_config.json", error.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_an_autoencoder_is_distinguished_from_a_whole_model()
    {
        using var model = AutoencoderModel.Create(SmallModels.Kl, seed: 4);
        model.Save(folder);
        WriteIndex("DiffusionPipeline", ("vae", "diffusers", "AutoencoderKL"));

        var error = Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(folder));

        Assert.Contains("contains no U-Net", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_too_large_for_half_precision_is_named_and_nothing_is_written()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        using (no_grad())
            model.Network.state_dict()["out.2.bias"].fill_(Whole(70000));
        var path = Path.Combine(folder, "half");

        var error = Assert.Throws<ArgumentException>(() => model.Save(path, StorageFormat.Float16));

        Assert.StartsWith(
            "'conv_out.bias' holds magnitudes above 65504, the largest of Float16; store BFloat16.", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(path));
    }

    private static void AssertSameImages(LatentDiffusionModel model, LatentDiffusionModel opened)
    {
        var batch = SmallDiffusion.Batch(model.Config, 1, 2);
        Assert.True(model.Generate(batch).bytes.SequenceEqual(opened.Generate(batch).bytes), "the images differ");
    }

    private JsonObject ReadJson(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, name)))!.AsObject();

    private void WriteIndex(string pipeline, params (string Name, string Library, string PythonClass)[] components)
    {
        var index = new JsonObject { ["_class_name"] = pipeline, ["_diffusers_version"] = "0.21.4" };
        foreach (var (name, library, pythonClass) in components)
            index.Add(name, new JsonArray(library, pythonClass));
        File.WriteAllText(Path.Combine(folder, "model_index.json"), index.ToJsonString());
    }
}
