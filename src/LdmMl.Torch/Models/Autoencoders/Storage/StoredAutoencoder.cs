using LdmMl.Torch.Checkpoints;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>An autoencoder as files hold it: its shape and its weights under this library's keys, which are CompVis' and TAESD's.</summary>
/// <param name="Config">Its shape.</param>
/// <param name="Weights">Its weights; owned by this object.</param>
/// <param name="Source">The file or folder, for messages.</param>
internal sealed record StoredAutoencoder(AutoencoderConfig Config, StateDictionary Weights, string Source) : IDisposable
{
    public void Dispose() => Weights.Dispose();
}
