using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Generation.Storage;

namespace LdmMl.Torch.Onnx;

/// <summary>The files of an exported model without weights: the scheduler, and the index of its parts.</summary>
internal static class OnnxIndex
{
    /// <summary>The folder of the label tokens.</summary>
    public const string LabelTokens = ModelFileNames.LabelTokens;

    private const string PythonClass = "OnnxRuntimeModel";

    /// <summary>Writes them.</summary>
    public static void Write(LatentDiffusionModel model, Action<string, Action<Stream>> writeFile)
    {
        var config = model.Config;
        var scheduler = new DiffusersScheduler(config.Schedule, config.Prediction, config.Sampling);
        writeFile(ModelFileNames.Scheduler, scheduler.Write);
        var components = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["vae_encoder"] = PythonClass, ["vae_decoder"] = PythonClass, [ModelFileNames.UNet] = PythonClass, ["scheduler"] = scheduler.ClassName,
        };
        var extras = ConditioningExtras.Write(config.Conditioning);
        if (model.OwnEncoder is { } text)
        {
            text.Describe(components, extras);
            foreach (var part in text.Parts)
                components[part.Name] = PythonClass;
        }

        if (model.Denoiser.LabelTokens is not null)
            components[LabelTokens] = PythonClass;
        var pipeline = PipelineClass.Of(config, model.Autoencoder.Config, model.OwnEncoder);
        writeFile(ModelFileNames.Index, new ModelIndex(OnnxClassOf(pipeline), components, extras)
        {
            Absent = PipelineClass.Absent(pipeline).Except(components.Keys), Options = PipelineClass.Options(pipeline, config.Conditioning),
        }.Write);
    }

    // diffusers has classes that run ONNX files only for Stable Diffusion.
    private static string OnnxClassOf(string pipeline) =>
        pipeline.StartsWith("StableDiffusion", StringComparison.Ordinal) && !pipeline.Contains("XL", StringComparison.Ordinal) ? $"Onnx{pipeline}" : pipeline;
}
