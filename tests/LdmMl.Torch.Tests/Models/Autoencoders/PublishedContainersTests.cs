using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Autoencoders;

/// <summary>The first stage of a small latent diffusion model in each published container, compared with the reference's numbers.</summary>
public class PublishedContainersTests
{
    private static readonly string? Folder = RealData.SharedGoldens is { } goldens ? Path.Combine(goldens, "checkpoints", "ldm_small") : null;

    [RealDataTheory]
    [InlineData("ldm_f32_zip.ckpt")]
    [InlineData("ldm_f16_legacy.ckpt")]
    public void The_first_stage_encodes_with_the_models_own_scale(string file)
    {
        using var scope = NewDisposeScope();
        using var inputs = SafetensorsFile.Read(Path.Combine(Folder!, "inputs.safetensors"));
        using var outputs = SafetensorsFile.Read(Path.Combine(Folder!, "outputs.safetensors"));
        var yaml = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.yaml");
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder!, "config.json")))!;
        File.WriteAllText(yaml, new JsonObject { ["model"] = new JsonObject { ["target"] = "x", ["params"] = config["params"]!.DeepClone() } }.ToJsonString(JsonSerializerOptions.Default));
        try
        {
            using var model = AutoencoderModel.Load(Path.Combine(Folder!, file), new AutoencoderLoadOptions { ConfigPath = yaml });
            var z = model.Encode(inputs["image"].permute(0, 3, 1, 2), inputs["posterior_noise"]);

            Assert.Equal(0.7, model.Config.LatentScale, 3);
            Assert.True((z - outputs["z"]).abs().max().item<float>() < 1e-4);
        }
        finally
        {
            File.Delete(yaml);
        }
    }
}
