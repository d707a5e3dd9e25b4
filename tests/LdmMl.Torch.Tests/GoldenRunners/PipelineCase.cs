using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Tests.Onnx;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>The model of a case, and the runs of diffusers' pipelines that its config lists.</summary>
internal sealed class PipelineCase(GoldenCase golden)
{
    private readonly CaseSettings settings = golden.Settings;

    public void Check()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var opened = Open();
        using var model = opened.With(golden.Convolutions);
        var runs = settings.Object("runs");
        settings.ObjectOrEmpty("prompt_effect").Describes("changed", "image_max_abs", "last_latents_max_abs");
        var isFirst = true;
        foreach (var name in runs.Keys)
        {
            using var own = NewDisposeScope();
            new PipelineRun(golden, model, name, isFirst, runs.Object(name), exported: null).Check();
            CheckExported(model, name, isFirst, runs.Object(name));
            isFirst = false;
        }
    }

    // The same run with every network in ONNX Runtime, except an initial image's encoder.
    private void CheckExported(LatentDiffusionModel model, string name, bool isFirst, CaseSettings run)
    {
        if (golden.Convolutions != ConvolutionMode.Direct)
            return;
        using var exported = new OnnxPipeline(model);
        golden.Through("ONNX Runtime", () => new PipelineRun(golden, model, name, isFirst, run, exported).Check());
    }

    private LatentDiffusionModel Open()
    {
        if (!settings.Has("original_config"))
            return LatentDiffusionModel.Load(settings.Has("model") ? golden.PathOf(settings.Text("model")) : golden.Folder);

        // The single file: its YAML is next to it, and the number of heads of its narrow text encoder is in no file.
        settings.Describes("original_config", "diffusers_unet_config", "diffusers_vae_config");
        var config = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        File.WriteAllText(config, settings.Node("text_config").ToJsonString());
        try
        {
            return LatentDiffusionModel.Load(
                golden.PathOf("model.safetensors"), new LatentDiffusionLoadOptions { Text = new TextEncoderLoadOptions { ConfigPath = config } });
        }
        finally
        {
            File.Delete(config);
        }
    }
}
