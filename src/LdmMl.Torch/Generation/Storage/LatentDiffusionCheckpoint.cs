using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>A diffusion model as files hold it. Owns what it holds.</summary>
/// <param name="Config">All that describes it.</param>
/// <param name="Autoencoder">Its first stage, opened.</param>
/// <param name="UNet">The U-Net's weights under this library's keys, which are CompVis'.</param>
/// <param name="LabelTokens">The tokens of labels, <c>weight</c> [labels, dimension]; null where the model has none.</param>
/// <param name="Source">The file or folder, for messages.</param>
internal sealed record LatentDiffusionCheckpoint(
    LatentDiffusionConfig Config, AutoencoderModel Autoencoder, StateDictionary UNet, StateDictionary? LabelTokens, string Source) : IDisposable
{
    /// <summary>Gets its text encoder, opened; null where it takes no texts, or there is none.</summary>
    public TextEncoderModel? Text { get; init; }

    /// <summary>Gets which of a checkpoint's weights those of the U-Net are.</summary>
    public WeightSource WeightSource { get; init; } = WeightSource.Trained;

    /// <summary>Gets the keys of the file that belong to nothing that was opened, and that nothing needs.</summary>
    public IReadOnlyList<string> Unused { get; init; } = [];

    /// <summary>Gets what the user should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Builds the networks and loads their weights, the first stage apart.</summary>
    /// <returns>The networks, on the CPU in float32, and what loading found.</returns>
    /// <exception cref="CheckpointException">The config makes no network, or the weights are not its.</exception>
    public (DenoisingNetwork Network, LoadReport Report) Load()
    {
        var network = Build();
        try
        {
            var report = ModuleWeights.Load(network.UNet, UNet, Source);
            if (network.LabelTokens is not null)
                ModuleWeights.Load(network.LabelTokens, LabelTokens!, Source);
            return (network, report with { WeightSource = WeightSource, Unexpected = [.. report.Unexpected, .. Unused], Notes = Notes });
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The same, with what the user says about the labels. Disposing either disposes both.</summary>
    /// <exception cref="CheckpointException">The model has no labels.</exception>
    public LatentDiffusionCheckpoint With(LatentDiffusionLoadOptions options)
    {
        if (options.LabelNames is null && options.LastLabelIsNull is null)
            return this;
        if (Config.Conditioning is not LabelConditioning labels)
            throw new CheckpointException(Source, "it takes no labels, so what the options say of labels means nothing to it; leave it out.");
        var hasNull = options.LastLabelIsNull ?? labels.HasNullLabel;
        var described = labels with
        {
            Count = hasNull ? labels.NetworkCount - 1 : labels.NetworkCount,
            HasNullLabel = hasNull,
            Names = options.LabelNames ?? labels.Names,
        };
        return this with { Config = Config with { Conditioning = described } };
    }

    public void Dispose()
    {
        Autoencoder.Dispose();
        Text?.Dispose();
        UNet.Dispose();
        LabelTokens?.Dispose();
    }

    private DenoisingNetwork Build()
    {
        try
        {
            Config.Validate(Autoencoder.Config);
            return DenoisingFactory.Build(Config);
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException(Source, error.Message, error);
        }
    }
}
