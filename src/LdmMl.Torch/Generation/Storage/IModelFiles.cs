using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>The files of a stored model, wherever they are: in a folder in diffusers' layout, or in the streams of a model file.</summary>
internal interface IModelFiles : ITextFiles
{
    /// <summary>Opens the first stage.</summary>
    /// <param name="component">Its folder.</param>
    AutoencoderModel OpenAutoencoder(string component);
}
