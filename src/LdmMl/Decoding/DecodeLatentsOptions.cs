namespace LdmMl;

/// <summary>Options of <see cref="DecodeLatentsExtensions.DecodeLatents(Microsoft.ML.TransformsCatalog, Torch.Models.Autoencoders.AutoencoderModel, DecodeLatentsOptions)"/>.</summary>
public sealed record DecodeLatentsOptions : AutoencoderTransformOptions;
