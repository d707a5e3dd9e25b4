using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Sharding;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;

namespace LdmMl.Cli.Commands;

/// <summary>How a command opens a model and where it computes.</summary>
internal sealed class ModelOptions
{
    private readonly Option<WeightSource> weights = Values.Choice(
        "--weights", "Which weights of a checkpoint with both to use: the moving averages (ema), the trained weights (raw), or the averages if complete (auto).",
        WeightSource.MovingAverageIfComplete);
    private readonly ComputeOptions compute = new();

    /// <summary>Gets the options.</summary>
    public IReadOnlyList<Option> All => [weights, .. compute.All];

    /// <summary>Gets where and how networks compute.</summary>
    public ComputeOptions Compute => compute;

    /// <summary>Gets which of two sets of weights is wanted.</summary>
    public Option<WeightSource> Weights => weights;

    /// <summary>Records what of these options, besides the model, changes results to the last bit.</summary>
    public JobRecord Record(ParseResult parsed, JobRecord job) =>
        compute.Record(parsed, job).With("--precision", $"{Choices.NameOf(compute.Precision(parsed))}");

    /// <summary>Opens an autoencoder.</summary>
    public AutoencoderModel Load(ParseResult parsed, string path)
    {
        var device = compute.Device(parsed);
        using var model = AutoencoderModel.Load(path, new AutoencoderLoadOptions { WeightSource = parsed.GetValue(weights) });
        using var moved = model.To(device, compute.Precision(parsed));
        return moved.With(compute.Convolutions(parsed));
    }

    /// <summary>Opens a whole latent diffusion model.</summary>
    public LatentDiffusionModel LoadDiffusion(ParseResult parsed, string path, TextEncoderLoadOptions? text = null)
    {
        var device = compute.Device(parsed);
        using var model = LatentDiffusionModel.Load(path, new LatentDiffusionLoadOptions
        {
            WeightSource = parsed.GetValue(weights), Text = text ?? new TextEncoderLoadOptions(),
        });
        using var moved = model.To(device, compute.Precision(parsed));
        return moved.With(compute.Convolutions(parsed));
    }
}
