using System.CommandLine;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;

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

    /// <summary>Opens a model.</summary>
    /// <param name="path">The value of the model's option or argument.</param>
    /// <param name="weights">The value of <c>--weights</c>.</param>
    public static AutoencoderModel Load(string path, string weights) =>
        AutoencoderModel.Load(path, new AutoencoderLoadOptions { WeightSource = Sources[weights] });
}
