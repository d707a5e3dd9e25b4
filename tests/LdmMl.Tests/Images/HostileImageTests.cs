using System.Buffers.Binary;
using LdmMl.Torch.Checkpoints.PyTorch;

namespace LdmMl.Tests.Images;

/// <summary>Files that try to allocate memory, or that are unlike any real image.</summary>
public class HostileImageTests
{
    [Theory]
    [InlineData("png", 0, 5)]
    [InlineData("png", 5, 0)]
    [InlineData("gif", 0, 5)]
    [InlineData("bmp", 0, 5)]
    [InlineData("bmp", 5, 0)]
    [InlineData("jpg", 0, 5)]
    [InlineData("jpg", 5, 0)]
    public void An_image_without_pixels_is_refused(string kind, int width, int height)
    {
        var error = Refusal(WithSize(kind, width, height));
        Assert.Contains("is damaged", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("png", 60_000)]
    [InlineData("jpg", 60_000)]
    [InlineData("gif", 60_000)]
    [InlineData("bmp", 30_000)]
    [InlineData("webp", 16_383)]
    public void A_size_that_needs_gigabytes_is_refused_before_memory_is_allocated(string kind, int side)
    {
        var content = WithSize(kind, side, side);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Refusal(content);
        Assert.Matches($@"^The image 'test' (has {side}x{side} = \d+ pixels, more than the 89478485 allowed|is damaged|cannot be decoded)", error.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_file_larger_than_half_a_gigabyte_is_refused_unread()
    {
        using var stream = new HugeStream();
        Assert.EndsWith(
            "has more than 512 MiB, too long for an image.",
            Assert.Throws<ImageFileException>(() => ImageFile.Decode(stream)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".jfif")]
    [InlineData(".jpe")]
    [InlineData(".JPG")]
    [InlineData(".png")]
    [InlineData("")]
    public void A_jpeg_is_read_under_any_extension(string extension)
    {
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + extension);
        File.Copy(ImageGoldens.Good("progressive.jpg"), path);
        try
        {
            using var image = ImageFile.Decode(path);
            Assert.Equal((16, 12), (image.Width, image.Height));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_first_frame_of_an_animation_is_read_even_if_the_second_is_hostile()
    {
        var content = File.ReadAllBytes(ImageGoldens.Good("first_of_two.gif"));
        for (var position = content.Length - 20; position < content.Length - 1; position++)
            content[position] ^= 0x55;
        using var image = ImageFile.Decode(content);
        using var whole = ImageFile.Decode(ImageGoldens.Good("first_of_two.gif"));
        Assert.Equal(whole.Pixels.ToArray(), image.Pixels.ToArray());
    }

    // Sizes are written into the headers of small valid files, with a correct checksum if there is one.
    private static byte[] WithSize(string kind, int width, int height)
    {
        var content = File.ReadAllBytes(ImageGoldens.Good(kind switch
        {
            "png" => "rgb.png",
            "gif" => "first_of_two.gif",
            "bmp" => "bitmap.bmp",
            "webp" => "lossless.webp",
            _ => "progressive.jpg",
        }));
        switch (kind)
        {
            case "png":
                BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(16), width);
                BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(20), height);
                var checksum = default(Crc32);
                checksum.Append(content.AsSpan(12, 17));
                BinaryPrimitives.WriteUInt32BigEndian(content.AsSpan(29), checksum.Value);
                break;
            case "gif":
                BinaryPrimitives.WriteUInt16LittleEndian(content.AsSpan(6), (ushort)width);
                BinaryPrimitives.WriteUInt16LittleEndian(content.AsSpan(8), (ushort)height);
                var frame = content.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x2C, 0, 0, 0, 0]);
                BinaryPrimitives.WriteUInt16LittleEndian(content.AsSpan(frame + 5), (ushort)width);
                BinaryPrimitives.WriteUInt16LittleEndian(content.AsSpan(frame + 7), (ushort)height);
                break;
            case "bmp":
                BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(18), width);
                BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(22), height);
                break;
            case "webp":
                var bits = (uint)(width - 1) | ((uint)(height - 1) << 14) | (BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(21)) & 0xF0000000);
                BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(21), bits);
                break;
            default:
                var start = content.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC2]);
                BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(start + 5), (ushort)height);
                BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(start + 7), (ushort)width);
                break;
        }

        return content;
    }

    private static ImageFileException Refusal(byte[] content) => Assert.Throws<ImageFileException>(() => ImageFile.Decode(content, "test"));

    /// <summary>Claims to be long, and fails when it is read.</summary>
    private sealed class HugeStream : MemoryStream
    {
        public override long Length => 1L << 30;

        public override int Read(Span<byte> buffer) => throw new InvalidOperationException("Nobody should read this.");

        public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("Nobody should read this.");
    }
}
