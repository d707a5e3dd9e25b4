using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Autoencoders.Storage;
using LdmMl.Torch.Models.UNets.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>A whole latent diffusion model in CompVis' form: one checkpoint and the YAML that describes it.</summary>
internal static class CompVisModel
{
    private const string LabelTokens = "cond_stage_model.embedding.";

    /// <summary>Reads the model.</summary>
    /// <exception cref="CheckpointException">A file is missing, damaged, or describes something that this library does not have.</exception>
    public static StoredModel Read(string path, LatentDiffusionLoadOptions options)
    {
        using var file = CheckpointFile.Read(path);
        if (!file.Keys.Any(key => key.StartsWith(CompVisKeys.Network, StringComparison.Ordinal)))
        {
            throw new CheckpointException(path, $"it holds no diffusion model: no key begins with '{CompVisKeys.Network}'. "
                + $"An autoencoder alone is opened by {nameof(AutoencoderModel)}.{nameof(AutoencoderModel.Load)}.");
        }

        var yaml = options.ConfigPath ?? CompVisFiles.FindYaml(path);
        var autoencoder = AutoencoderModel.Load(path, file, yaml);
        try
        {
            return Read(path, file, yaml, autoencoder, options);
        }
        catch
        {
            autoencoder.Dispose();
            throw;
        }
    }

    private static StoredModel Read(string path, StateDictionary file, string yaml, AutoencoderModel autoencoder, LatentDiffusionLoadOptions options)
    {
        var (model, config) = CheckpointDoor.Open(yaml, () => Describe(YamlFile.Read(yaml)));
        var (unet, taken) = UNetWeightChoice.Choose(config, file, options.WeightSource, path);
        var hasTokens = config.Conditioning is LabelConditioning { Input: LabelInput.ContextToken };
        return new StoredModel(config, autoencoder, unet, hasTokens ? file.Select(LabelTokens) : null, path)
        {
            WeightSource = taken,
            Unused = [.. file.Keys.Where(key => !DiffusionKeys.AreKnown(key) && !(hasTokens && IsOfTokens(key)))],
            Notes = ContextNote.For(config.Conditioning, model.ConditionStage?.Split('.')[^1]),
        };
    }

    private static bool IsOfTokens(string key) => key.StartsWith(LabelTokens, StringComparison.Ordinal);

    private static (CompVisDiffusion Model, LatentDiffusionConfig Config) Describe(YamlMap root)
    {
        var model = CompVisDiffusionYaml.Parse(root);
        var unet = CompVisUNetMapping.ToConfig(CompVisUNetYaml.Parse(root));
        return (model, new LatentDiffusionConfig
        {
            UNet = unet,
            Schedule = Schedule(model),
            Prediction = model.Parameterization switch
            {
                "eps" => Prediction.Epsilon,
                "x0" => Prediction.Start,
                "v" => Prediction.Velocity,
                var other => throw new InvalidDataException($"its 'parameterization' is '{other}'; supported are eps, x0 and v."),
            },
            Conditioning = CompVisConditioning.Of(model, unet),
            LatentHeight = model.ImageSize,
            LatentWidth = model.ImageSize,
        });
    }

    private static NoiseScheduleConfig Schedule(CompVisDiffusion model) => new()
    {
        Steps = model.Timesteps,
        Curve = model.BetaSchedule switch
        {
            "linear" => BetaCurve.ScaledLinear,
            "sqrt_linear" => BetaCurve.Linear,
            "sqrt" => BetaCurve.SquareRoot,
            "cosine" => BetaCurve.Cosine,
            var other => throw new InvalidDataException($"its 'beta_schedule' is '{other}'; supported are linear, sqrt_linear, sqrt and cosine."),
        },
        FirstBeta = model.LinearStart,
        LastBeta = model.LinearEnd,
        CosineOffset = model.CosineOffset,
        PosteriorBetaShare = model.PosteriorBetaShare,
    };
}
