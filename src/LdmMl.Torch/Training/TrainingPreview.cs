namespace LdmMl.Torch.Training;

/// <summary>
/// A sheet of images that shows the progress of a training, always of the same images or seeds (<see cref="TrainingOptions.PreviewInterval"/>): for
/// an autoencoder images above their reconstructions, for a diffusion model samples.
/// </summary>
/// <param name="Step">The number of steps before it.</param>
/// <param name="Columns">The number of images in a row; all have the same size.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Width">The width of the sheet in pixels.</param>
/// <param name="Height">The height of the sheet in pixels.</param>
/// <param name="Pixels">Its 8-bit pixels, <see cref="Tensors.PixelLayout.Rgb24"/>, row by row.</param>
/// <param name="Description">What it shows, in words.</param>
public sealed record TrainingPreview(int Step, int Columns, int Rows, int Width, int Height, ReadOnlyMemory<byte> Pixels, string Description);
