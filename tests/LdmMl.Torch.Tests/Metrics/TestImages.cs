namespace LdmMl.Torch.Tests.Metrics;

/// <summary>Small images computed by formulas.</summary>
internal static class TestImages
{
    public static byte[] Smooth(int width, int height, int channels) =>
        [.. Enumerable.Range(0, width * height * channels).Select(i => (byte)(128 + (60 * Math.Sin(i / channels % width / 5.0)) + (40 * Math.Cos(i / channels / width / 4.0))))];

    /// <summary>Adds noise of the given amplitude, the same pattern every time, clamped to bytes.</summary>
    public static byte[] Noisy(ReadOnlySpan<byte> image, double amplitude)
    {
        var random = new Random(7);
        var noisy = new byte[image.Length];
        for (var i = 0; i < image.Length; i++)
            noisy[i] = (byte)Math.Clamp(Math.Round(image[i] + (amplitude * ((random.NextDouble() * 2) - 1))), 0, 255);
        return noisy;
    }

    /// <summary>Interleaved bytes [H, W, C] as planar floats [C, H, W], divided.</summary>
    public static float[] Planes(ReadOnlySpan<byte> image, int channels, float divisor)
    {
        var planes = new float[image.Length];
        var size = image.Length / channels;
        for (var i = 0; i < image.Length; i++)
            planes[(i % channels * size) + (i / channels)] = image[i] / divisor;
        return planes;
    }
}
