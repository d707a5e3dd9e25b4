using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;

namespace LdmMl;

/// <summary>
/// Options of
/// <see cref="EncodeImagesExtensions.EncodeImages(TransformsCatalog, AutoencoderModel, EncodeImagesOptions)"/>.
/// </summary>
public sealed record EncodeImagesOptions : ImageInputOptions
{
    /// <summary>Gets the name of a column of seeds (Int64). Each row's latent is then a sample of its posterior: mean + deviation * noise.</summary>
    /// <value>Null, the default, means the posterior's mean.</value>
    /// <remarks>
    /// The noise of a row is <c>torch.randn(C, H, W)</c> of a CPU generator with that row's seed, so a row can be computed again
    /// alone, in any batch and in any order.
    /// </remarks>
    public string? SeedColumnName { get; init; }

    internal override void Validate()
    {
        base.Validate();
        if (SeedColumnName is not null)
            ArgumentException.ThrowIfNullOrEmpty(SeedColumnName);
    }
}
