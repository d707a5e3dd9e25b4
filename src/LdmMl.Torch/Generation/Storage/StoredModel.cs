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

    public void Dispose()
    {
        Autoencoder.Dispose();
        UNet.Dispose();
        LabelTokens?.Dispose();
    }
}
