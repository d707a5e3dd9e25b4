using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Text.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Names of the files of a stored model, relative to its folder.</summary>
internal static class ModelFileNames
{
    /// <summary>The folder of the U-Net.</summary>
    public const string UNet = "unet";

    /// <summary>The folder of the label tokens, which diffusers does not have.</summary>
    public const string LabelTokens = "label_tokens";

    /// <summary>The file of the noise schedule and the sampling settings.</summary>
    public const string Scheduler = "scheduler/scheduler_config.json";

    /// <summary>The index of components, with this library's additions.</summary>
    public const string Index = DiffusersFolder.IndexName;

    /// <summary>The folder of the schedule by which an upscaler adds noise to the small image.</summary>
    public const string NoiseScheduler = "low_res_scheduler";

    public static string SchedulerOf(string component) => $"{component}/scheduler_config.json";

    public static string Config(string component) => $"{component}/{DiffusersFolder.ConfigName}";

    /// <summary>Returns the name of a component's weights; text encoders use the name that transformers does.</summary>
    public static string WeightsOf(string component) => component is TextEncoderReading.First or TextEncoderReading.Second or TextEncoderReading.LatentDiffusion
        ? $"{component}/{TextEncoderWriting.WeightsName}"
        : Weights(component);

    public static string Weights(string component) => $"{component}/{DiffusersFolder.WeightsName}";
}
