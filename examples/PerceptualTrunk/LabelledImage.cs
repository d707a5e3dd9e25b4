using LdmMl.Torch.Tensors;

namespace PerceptualTrunk;

/// <summary>An emoji with its labels.</summary>
/// <param name="Name">Its file name.</param>
/// <param name="Pixels">64x64 pixels with alpha.</param>
/// <param name="Layout">The order of bytes in a pixel.</param>
/// <param name="Category">Its category, such as food and drink, from 0.</param>
/// <param name="Subcategory">Its subcategory, such as fruit, from 0.</param>
internal sealed record LabelledImage(string Name, byte[] Pixels, PixelLayout Layout, int Category, int Subcategory);
