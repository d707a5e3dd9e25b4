using System.Text.Json.Nodes;
using System.Text.Json;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Folders in diffusers' layout: autoencoders, with the current and the older attention names, and U-Nets.</summary>
internal sealed class DiffusersModelsRunner : IGoldenRunner
{
    public string Group => "diffusers-models";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden)
    {
        CheckFolders(golden);
        foreach (var folder in new[] { "vae", "vae_oldnames" }.Where(name => Directory.Exists(golden.PathOf(name))))
        {
            using var model = AutoencoderModel.Load(golden.PathOf(folder));
            CheckAutoencoder(golden, (KlAutoencoder)model.Network);
            CheckExported(golden, model);
        }
        if (Directory.Exists(golden.PathOf("unet")))
            DiffusersUNetCase.Check(golden);
        if (File.Exists(golden.PathOf("keymap.json")))
            CheckCompVisNaming(golden);
    }

    // The case's parameters are those with which the folders were written: each must agree with the folder's own config.json.
    private static void CheckFolders(GoldenCase golden)
    {
        var settings = golden.Settings;
        var folder = settings.Choice(
            "target", "", ("diffusers.AutoencoderKL", "vae"), ("diffusers.UNet2DConditionModel", "unet"), ("", ""));
        Compare(golden, settings.ObjectOrEmpty("params"), folder);
        Compare(golden, settings.ObjectOrEmpty("diffusers_vae_config"), "vae");
        Compare(golden, settings.ObjectOrEmpty("diffusers_unet_config"), "unet");
    }

    private static void Compare(GoldenCase golden, CaseSettings parameters, string folder)
    {
        if (!parameters.Keys.Any())
            return;
        var stored = JsonNode.Parse(File.ReadAllText(Path.Combine(golden.PathOf(folder), "config.json")))!;
        foreach (var key in parameters.Keys)
        {
            var given = parameters.Kind(key) == JsonValueKind.Null ? null : parameters.Node(key);
            parameters.Describes(key);
            if (!JsonNode.DeepEquals(given, stored[key]))
                throw parameters.Unsupported(key, $"{folder}/config.json has {stored[key]?.ToJsonString() ?? "null"}");
        }
    }

    private static void CheckAutoencoder(GoldenCase golden, KlAutoencoder network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var inputs = golden.Inputs;
        var moments = network.EncodeMoments(inputs.TryGetValue("image", out var image) ? image : inputs["x"]);
        using var posterior = new DiagonalGaussian(moments);
        golden.Check("moments", moments);
        golden.Check("dec_mode", network.Decode(posterior.Mode));
        if (golden.Wants("dec"))
            golden.Check("dec", network.Decode(inputs["x"]));
        golden.Check("mean", posterior.Mean);
        golden.Check("logvar", posterior.LogVariance);
        golden.Check("std", posterior.StandardDeviation);
        golden.Check("kl", posterior.KullbackLeibler());
        if (golden.Wants("sample"))
            golden.Check("sample", posterior.Sample(inputs["noise"]));
        if (golden.Wants("dec_z"))
            golden.Check("dec_z", network.Decode(inputs["z"]));
    }

    private static void CheckExported(GoldenCase golden, AutoencoderModel model)
    {
        var inputs = golden.Inputs;
        var image = inputs.TryGetValue("image", out var given) ? given : inputs["x"];
        golden.CheckExported("moments", () => OnnxGraphs.Encoder(model.Network, model.Config), "latent_parameters", ("sample", image));
        if (inputs.TryGetValue("z", out var latents))
            golden.CheckExported("dec_z", () => OnnxGraphs.Decoder(model.Network, model.Config), "sample", ("latent_sample", latents));
    }

    // The same model again from the CompVis file, described by the case's config as YAML (JSON is valid YAML).
    private static void CheckCompVisNaming(GoldenCase golden)
    {
        var yaml = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.yaml");
        File.WriteAllText(yaml, new JsonObject { ["model"] = golden.Settings.Object("compvis").Node("first_stage_config").DeepClone() }.ToJsonString());
        try
        {
            using var model = AutoencoderModel.Load(golden.PathOf("weights.safetensors"), new AutoencoderLoadOptions { ConfigPath = yaml });
            CheckAutoencoder(golden, (KlAutoencoder)model.Network);
        }
        finally
        {
            File.Delete(yaml);
        }
    }
}
