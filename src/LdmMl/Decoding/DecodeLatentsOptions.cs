using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;

namespace LdmMl;

/// <summary>
/// Options of
/// <see cref="DecodeLatentsExtensions.DecodeLatents(TransformsCatalog, AutoencoderModel, DecodeLatentsOptions)"/>.
/// </summary>
public sealed record DecodeLatentsOptions : AutoencoderTransformOptions;
