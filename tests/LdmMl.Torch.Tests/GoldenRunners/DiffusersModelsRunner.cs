using System.Text.Json.Nodes;
using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Folders in diffusers' layout: autoencoders, under the present and the older attention names, and U-Nets.</summary>
internal sealed class DiffusersModelsRunner : IGoldenRunner
{
    public string Group => "diffusers-models";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden)
    {
        foreach (var folder in new[] { "vae", "vae_oldnames" }.Where(name => Directory.Exists(golden.PathOf(name))))
        {
            using var model = AutoencoderModel.Load(golden.PathOf(folder));
            CheckAutoencoder(golden, (KlAutoencoder)model.Network);
        }
        if (Directory.Exists(golden.PathOf("unet")))
            DiffusersUNetCase.Check(golden);
        if (File.Exists(golden.PathOf("keymap.json")))
            CheckCompVisNaming(golden);
    }

    private static void CheckAutoencoder(GoldenCase golden, KlAutoencoder network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var inputs = golden.Inputs;
        var moments = network.EncodeMoments(inputs.TryGetValue("image", out var image) ? image : inputs["x"]);
        using var posterior = new DiagonalGaussian(moments);
        golden.Check("moments", moments);
        if (!inputs.TryGetValue("z", out var latents))
        {
            golden.Check("dec", network.Decode(inputs["x"]));
            return;
        }
        golden.Check("mean", posterior.Mean);
        golden.Check("logvar", posterior.LogVariance);
        golden.Check("std", posterior.StandardDeviation);
        golden.Check("kl", posterior.KullbackLeibler());
        golden.Check("sample", posterior.Sample(inputs["noise"]));
        golden.Check("dec_mode", network.Decode(posterior.Mode));
        golden.Check("dec_z", network.Decode(latents));
    }

    // The same model again from the CompVis file, described by the case's own config as YAML (of which JSON is a part).
    private static void CheckCompVisNaming(GoldenCase golden)
    {
        var yaml = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.yaml");
        File.WriteAllText(yaml, new JsonObject { ["model"] = golden.Config["compvis"]!["first_stage_config"]!.DeepClone() }.ToJsonString());
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
