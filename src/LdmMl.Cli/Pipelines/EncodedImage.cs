namespace LdmMl.Cli.Pipelines;

/// <summary>An image and its latent.</summary>
/// <param name="Path">The image file.</param>
/// <param name="Shape">Channels, height and width of the latent.</param>
/// <param name="Latent">Its values, of unit variance.</param>
internal sealed record EncodedImage(string Path, long[] Shape, float[] Latent);
