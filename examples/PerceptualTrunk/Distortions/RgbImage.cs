namespace PerceptualTrunk.Distortions;

/// <summary>Pixels of three bytes, row by row.</summary>
internal sealed class RgbImage(int width, int height, byte[] pixels)
{
    public int Width => width;

    public int Height => height;

    public byte[] Pixels => pixels;

    /// <summary>Returns a value; outside the image, that of the nearest edge.</summary>
    public byte At(int x, int y, int channel) =>
        pixels[(Math.Clamp(y, 0, height - 1) * width + Math.Clamp(x, 0, width - 1)) * 3 + channel];

    /// <summary>
    /// Creates an image of the same size from a function of column, row and channel, whose values are rounded and clamped to bytes.
    /// </summary>
    public RgbImage Map(Func<int, int, int, double> value)
    {
        var mapped = new byte[pixels.Length];
        for (var index = 0; index < mapped.Length; index++)
            mapped[index] = (byte)Math.Clamp(Math.Round(value(index / 3 % width, index / 3 / width, index % 3)), 0, 255);
        return new RgbImage(width, height, mapped);
    }
}
