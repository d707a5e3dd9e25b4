using System.CommandLine;
using LdmMl.Cli.Output;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;

namespace LdmMl.Cli.Commands;

/// <summary>How a model is opened, meaning the same in every command that opens one.</summary>
internal static class ModelOptions
{
    private static readonly Dictionary<string, WeightSource> Sources = new(StringComparer.Ordinal)
    {
        ["auto"] = WeightSource.MovingAverageIfComplete,
        ["ema"] = WeightSource.MovingAverage,
        ["raw"] = WeightSource.Trained,
    };

    public static Option<string> Weights()
    {
        var option = new Option<string>("--weights")
        {
            Description = "Of a checkpoint with both: ema takes the moving averages, raw the trained weights, auto the averages if complete.",
            DefaultValueFactory = _ => "auto",
        };
        return option.AcceptOnlyFromAmong([.. Sources.Keys]);
    }

    public static Option<ConvolutionMode> Convolutions() => new("--convolutions")
    {
        Description = "How 3x3 convolutions run on the CPU in float32: Auto is fastest, Exact nearer to float64 than Auto, Direct is libtorch.",
        DefaultValueFactory = _ => ConvolutionMode.Auto,
    };

    /// <summary>Opens a model.</summary>
    /// <param name="path">The value of the model's option or argument.</param>
    /// <param name="weights">The value of <c>--weights</c>.</param>
    /// <param name="convolutions">How to convolve.</param>
    public static AutoencoderModel Load(string path, string weights, ConvolutionMode convolutions = ConvolutionMode.Auto)
    {
        using var model = AutoencoderModel.Load(path, new AutoencoderLoadOptions { WeightSource = Sources[weights] });
        return model.With(convolutions);
    }

    /// <summary>Says whether a path names a whole latent diffusion model, as far as can be told without opening it.</summary>
    public static bool IsDiffusion(string path)
    {
        if (Directory.Exists(path))
            return Directory.Exists(Path.Combine(path, "unet"));
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        var name = Path.GetFileNameWithoutExtension(path);
        string[] names = [$"{name}.yaml", $"{name}.yml", "config.yaml", "project.yaml"];
        var yaml = names.Select(candidate => Path.Combine(folder, candidate)).FirstOrDefault(File.Exists);
        return yaml is not null && File.ReadLines(yaml).Any(line => line.Contains("unet_config", StringComparison.Ordinal));
    }

    /// <summary>Opens a whole latent diffusion model.</summary>
    /// <param name="path">The value of the model's option or argument.</param>
    /// <param name="weights">The value of <c>--weights</c>.</param>
    /// <param name="convolutions">How to convolve.</param>
    /// <param name="precision">The number format to compute in.</param>
    public static LatentDiffusionModel LoadDiffusion(
        string path, string weights, ConvolutionMode convolutions = ConvolutionMode.Auto, ModelPrecision precision = ModelPrecision.Float32)
    {
        using var model = LatentDiffusionModel.Load(path, new LatentDiffusionLoadOptions { WeightSource = Sources[weights] });
        using var converted = model.To(TorchSharp.torch.CPU, precision);
        return converted.With(convolutions);
    }
}
