namespace LdmMl.ImageSharp.Tests;

public class DamagedFileTests
{
    static DamagedFileTests() => ImageSharpFileReader.Register();

    public static TheoryData<string> GoodFiles() => ImageGoldens.GoodFiles();

    [Theory]
    [InlineData("P5 2 1 100\n\x01", "is truncated: the file ends before the last row of pixels.")]
    [InlineData("P5 2 1 100\n\x01\x65", "is damaged: a value is 101, but the largest is 100.")]
    [InlineData("P5 2 1 0\n\x01\x01", "is damaged: its header says that the largest value is 0.")]
    [InlineData("P5 2 x", "is damaged: a number is expected, but there is something else.")]
    [InlineData("P5 2", "is truncated: the file ends before the last row of pixels.")]
    [InlineData("P5 99999999999 1 1\n", "is damaged: a number has too many digits.")]
    [InlineData("P1 2 1 12", "is damaged: a bit is neither 0 nor 1.")]
    [InlineData("P2 2 1 9 1 ", "is truncated: the file ends before the last row of pixels.")]
    public void A_damaged_portable_image_is_refused_with_the_reason(string text, string reason) =>
        Assert.Equal(reason, Assert.Throws<ImageFileException>(() => ImageFile.Decode(System.Text.Encoding.Latin1.GetBytes(text), "test")).Reason);

    [Theory]
    [InlineData(0xC0)]
    [InlineData(0xC2)]
    public void A_JPEG_that_is_larger_than_the_TIFF_around_it_is_refused_before_memory_is_allocated(byte kind)
    {
        var content = File.ReadAllBytes(Path.Combine(ImageGoldens.Folder, "jpeg.tif"));
        var frame = content.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        content[frame + 1] = kind;
        content.AsSpan(frame + 5, 4).Fill(0xEA);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refused = Assert.Throws<ImageFileException>(() => ImageFile.Decode(content));

        Assert.EndsWith("contains a JPEG of 60138x60138.", refused.Reason, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_second_header_after_the_pixels_of_a_JPEG_in_a_TIFF_is_checked_too()
    {
        var content = File.ReadAllBytes(Path.Combine(ImageGoldens.Folder, "jpeg.tif"));
        var frame = content.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        var end = frame + content.AsSpan(frame).IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]);
        ReadOnlySpan<byte> second = [0xFF, 0xC0, 0, 8, 8, 0xEA, 0xEA, 0xEA, 0xEA, 1];
        second.CopyTo(content.AsSpan(end - second.Length));

        Assert.EndsWith("contains a JPEG of 60138x60138.", Assert.Throws<ImageFileException>(() => ImageFile.Decode(content)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(GoodFiles))]
    public void A_truncated_file_is_refused_or_read_completely(string file)
    {
        var content = File.ReadAllBytes(Path.Combine(ImageGoldens.Folder, file));
        using var whole = ImageFile.Decode(content);

        // A decimal number at the end of a file may lack digits without anybody noticing.
        var least = file is "plain.ppm" or "plain.pgm" ? 4 : 0;
        for (var length = 0; length < content.Length - least; length++)
        {
            try
            {
                using var cut = ImageFile.Decode(content.AsSpan(0, length));
                Assert.True(cut.Pixels.SequenceEqual(whole.Pixels), $"{length} of {content.Length} bytes gave half an image.");
            }
            catch (ImageFileException)
            {
                // Refused.
            }
        }
    }

    [Theory]
    [MemberData(nameof(GoodFiles))]
    public void A_damaged_byte_causes_at_worst_an_exception(string file)
    {
        var content = File.ReadAllBytes(Path.Combine(ImageGoldens.Folder, file));
        for (var position = 0; position < content.Length; position++)
        {
            foreach (var change in (ReadOnlySpan<byte>)[0x5A, 0xFF, 0x80])
            {
                content[position] ^= change;
                try
                {
                    ImageFile.Decode(content, maximumPixels: 1 << 16).Dispose();
                }
                catch (ImageFileException)
                {
                    // Refused.
                }

                content[position] ^= change;
            }
        }
    }
}
