using LdmMl.Torch.Tensors;

namespace PerceptualTrunk;

/// <summary>
/// Draws variants of an image that show the same thing: mirrored, moved, on another background, in slightly different colours, with noise.
/// </summary>
internal sealed class Augmentation(int seed)
{
    private const int LargestShift = 6;   // pixels
    private readonly Random random = new(seed);
    private readonly float[] planes = new float[3 * ImageFiles.Side * ImageFiles.Side];

    /// <summary>Draws one variant.</summary>
    /// <param name="image">The image.</param>
    /// <param name="target">Receives [3, 64, 64] in [-1, 1].</param>
    public void Draw(LabelledImage image, Span<float> target)
    {
        var background = random.Next(2) == 0
            ? PixelColor.White
            : new PixelColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
        PixelTensors.ToPlanes(image.Pixels, image.Layout, background, PixelRange.MinusOneToOne, planes, 3);
        var (dx, dy) = (random.Next(-LargestShift, LargestShift + 1), random.Next(-LargestShift, LargestShift + 1));
        var mirrored = random.Next(2) == 0;
        var noise = random.Next(2) == 0 ? 0 : 0.1f * random.NextSingle();
        var contrast = Between(0.8f, 1.1f);
        for (var channel = 0; channel < 3; channel++)
        {
            var offset = Between(-0.1f, 0.1f);
            var size = ImageFiles.Side * ImageFiles.Side;
            Move(planes.AsSpan(channel * size, size), target.Slice(channel * size, size), dx, dy, mirrored);
            foreach (ref var value in target.Slice(channel * size, size))
                value = Math.Clamp(value * contrast + offset + (noise > 0 ? noise * Bell() : 0), -1, 1);
        }
    }

    private static void Move(ReadOnlySpan<float> source, Span<float> target, int dx, int dy, bool mirrored)
    {
        const int last = ImageFiles.Side - 1;
        for (var y = 0; y <= last; y++)
        {
            var row = source.Slice(Math.Clamp(y + dy, 0, last) * ImageFiles.Side, ImageFiles.Side);
            for (var x = 0; x <= last; x++)
            {
                var from = Math.Clamp(x + dx, 0, last);   // the edge is repeated outside
                target[y * ImageFiles.Side + x] = row[mirrored ? last - from : from];
            }
        }
    }

    private float Between(float low, float high) => low + (high - low) * random.NextSingle();

    // The sum of three uniform numbers is bell-shaped enough for noise, with variance 1 for a width of 2.
    private float Bell() => 2 * (random.NextSingle() + random.NextSingle() + random.NextSingle()) - 3;
}
