using static TorchSharp.torch;

namespace StyleLora;

/// <summary>The style: a cyanotype, an old photographic print in shades of blue. Every colour lies on one line, from Prussian blue to white.</summary>
internal static class Style
{
    public const int Side = 64;

    // In [0, 1].
    private static readonly float[] Dark = [0.02f, 0.15f, 0.40f];
    private static readonly float[] Luminance = [0.299f, 0.587f, 0.114f];

    /// <summary>Prints images in the style: every colour becomes that of the line which is as far from white as it is dark.</summary>
    /// <param name="images">[count, 3, height, width] in [-1, 1].</param>
    /// <returns>The prints, of the same shape and range; the caller disposes them.</returns>
    public static Tensor Print(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (dark, line) = Colours(images);
        var brightness = (((images.clamp(-1, 1) + 1) / 2) * PerColour(Luminance, images)).sum(1, keepdim: true);   // [count, 1, height, width]
        return scope.MoveToOuter(((dark + (brightness * line)) * 2) - 1);
    }

    /// <summary>Measures how far images are from the style: the mean distance of their colours from its line.</summary>
    /// <param name="images">[count, 3, height, width] in [-1, 1].</param>
    /// <returns>The distance in levels of 255; 0 for every image in the style.</returns>
    public static double Distance(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (dark, line) = Colours(images);
        var unit = (images.clamp(-1, 1) + 1) / 2;
        var place = ((unit - dark) * line).sum(1, keepdim: true) / line.square().sum(1, keepdim: true);            // of the nearest colour of the line
        return (unit - (dark + (place.clamp(0, 1) * line))).square().sum(1).sqrt().mean().item<float>() * 255;
    }

    private static (Tensor Dark, Tensor Line) Colours(Tensor images)
    {
        var dark = PerColour(Dark, images);
        return (dark, 1 - dark);
    }

    private static Tensor PerColour(float[] values, Tensor images) => tensor(values, device: images.device).reshape(1, 3, 1, 1);
}
