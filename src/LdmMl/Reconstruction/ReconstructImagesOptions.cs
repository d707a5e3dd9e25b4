namespace LdmMl;

/// <summary>Options of <see cref="ReconstructImagesExtensions.ReconstructImages(Microsoft.ML.TransformsCatalog, Torch.Models.Autoencoders.AutoencoderModel, ReconstructImagesOptions)"/>.</summary>
public sealed record ReconstructImagesOptions : ImageInputOptions;
