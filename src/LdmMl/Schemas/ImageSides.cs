namespace LdmMl;

/// <summary>What happens to an image whose sides are not multiples of an autoencoder's factor.</summary>
public enum ImageSides
{
    /// <summary>It is an error, found before anything is computed if the column declares a size.</summary>
    MustBeMultiples,

    /// <summary>Its last row and column are repeated up to the next multiple; a reconstruction is cropped back to the image's size.</summary>
    PadToMultiple,
}
