using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>A diffusion model as files hold it. Owns what it holds.</summary>
/// <param name="Config">All that describes it.</param>
/// <param name="Autoencoder">Its first stage, opened.</param>
/// <param name="UNet">The U-Net's weights under this library's keys, which are CompVis'.</param>
/// <param name="LabelTokens">The tokens of labels, <c>weight</c> [labels, dimension]; null where the model has none.</param>
/// <param name="Source">The file or folder, for messages.</param>
internal sealed record StoredModel(
    LatentDiffusionConfig Config, AutoencoderModel Autoencoder, StateDictionary UNet, StateDictionary? LabelTokens, string Source) : IDisposable
{
    /// <summary>Gets which of a checkpoint's weights those of the U-Net are.</summary>
    public WeightSource WeightSource { get; init; } = WeightSource.Trained;

    /// <summary>Gets the keys of the file that belong to nothing that was opened, and that nothing needs.</summary>
    public IReadOnlyList<string> Unused { get; init; } = [];

    /// <summary>Gets what the user should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The same, with what the user says of the labels. Disposing either disposes both.</summary>
    /// <exception cref="CheckpointException">The model has no labels.</exception>
    public StoredModel With(LatentDiffusionLoadOptions options)
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
        UNet.Dispose();
        LabelTokens?.Dispose();
    }
}
