using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;

namespace LdmMl;

/// <summary>
/// Options of
/// <see cref="ReconstructImagesExtensions.ReconstructImages(TransformsCatalog, AutoencoderModel, ReconstructImagesOptions)"/>.
/// </summary>
public sealed record ReconstructImagesOptions : ImageInputOptions;
