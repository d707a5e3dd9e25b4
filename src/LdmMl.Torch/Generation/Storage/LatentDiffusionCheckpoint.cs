using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>A diffusion model as read from files. Owns its parts.</summary>
/// <param name="Config">Its config.</param>
/// <param name="Autoencoder">Its first stage, opened.</param>
/// <param name="UNet">The U-Net's weights with this library's keys, which are CompVis'.</param>
/// <param name="LabelTokens">The label tokens, <c>weight</c> [labels, dimension]; null if the model has none.</param>
/// <param name="Source">The file or folder, for messages.</param>
internal sealed record LatentDiffusionCheckpoint(
    LatentDiffusionConfig Config, AutoencoderModel Autoencoder, StateDictionary UNet, StateDictionary? LabelTokens, string Source) : IDisposable
{
    /// <summary>Gets its text encoder, opened; null if it takes no prompts, or there is none.</summary>
    public TextEncoderModel? Text { get; init; }

    /// <summary>Gets which set of the checkpoint's weights the U-Net has.</summary>
    public WeightSource WeightSource { get; init; } = WeightSource.Trained;

    /// <summary>Gets the unused keys of the file.</summary>
    public IReadOnlyList<string> Unused { get; init; } = [];

    /// <summary>Gets what was done to the weights before they were saved.</summary>
    public ModelHistory History { get; init; } = ModelHistory.Empty;

    /// <summary>Gets notes for the user.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Builds the networks, without the first stage, and loads their weights.</summary>
    /// <returns>The networks, on the CPU in float32, and the load report.</returns>
    /// <exception cref="CheckpointException">No network can be built from the config, or the weights do not match it.</exception>
    public (DenoisingNetwork Network, LoadReport Report) Load()
    {
        var network = Build();
        try
        {
            var report = ModuleWeights.TakeOver(network.UNet, UNet, Source);
            if (network.LabelTokens is not null)
                ModuleWeights.TakeOver(network.LabelTokens, LabelTokens!, Source);
            return (network, report with { WeightSource = WeightSource, Unexpected = [.. report.Unexpected, .. Unused], Notes = Notes });
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Copies it with the user's description of the labels. Disposing either disposes both.</summary>
    /// <exception cref="CheckpointException">The model has no labels.</exception>
    public LatentDiffusionCheckpoint With(LatentDiffusionLoadOptions options)
    {
        if (options.LabelNames is null && options.LastLabelIsNull is null)
            return this;
        if (Config.Conditioning is not LabelConditioning labels)
            throw new CheckpointException(Source, "the model takes no labels; leave out the options for labels.");
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
            using var replaced = InitialValues.Skip();
            return DenoisingFactory.Build(Config);
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException(Source, error.Message, error);
        }
    }
}
