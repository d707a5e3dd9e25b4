using LdmMl.Torch.Tensors;

namespace LdmMl.Training;

/// <summary>A column of images to learn, and how they are held in memory.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Channels">The channels that the network takes.</param>
/// <param name="Background">The colour behind transparent pixels.</param>
/// <param name="MaximumBytes">How many bytes of pixels are held at most.</param>
internal sealed record TrainingImageColumn(string Name, int Channels, PixelColor Background, long MaximumBytes);
