using LdmMl.Internals;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl.Tests.Images;

public class ImageFileTests
{
    public static TheoryData<string> GoodFiles() => [.. ImageGoldens.Lines("expected.tsv").Select(line => line[0])];

    [Theory]
    [Trait("Category", "Golden")]
    [MemberData(nameof(GoodFiles))]
    public void A_valid_file_decodes_to_upright_unpremultiplied_pixels(string file)
    {
        var line = ImageGoldens.Lines("expected.tsv").Single(parts => parts[0] == file);
        using var image = ImageFile.Decode(ImageGoldens.Good(file));
        Assert.Equal((int.Parse(line[1]), int.Parse(line[2])), (image.Width, image.Height));
        Assert.Equal(MLPixelFormat.Rgba32, image.PixelFormat);

        var expected = ImageGoldens.Inflate(line[4]);
        var largest = image.Pixels.ToArray().Zip(expected, (actual, wanted) => Math.Abs(actual - wanted)).Max();
        Assert.InRange(largest, 0, int.Parse(line[3]));
    }

    [Theory]
    [InlineData("cmyk_unmarked.jpg", "is a CMYK JPEG without Adobe's marker, whose colours may be inverted or not; convert it to RGB first.")]
    [InlineData("empty.png", "is empty (0 bytes).")]
    [InlineData("flipped_bit.png", "is damaged: its pixels cannot be decoded.")]
    [InlineData("header_cut.png", "is damaged: its header cannot be read.")]
    [InlineData("huge.png", "has 60000x50000 = 3000000000 pixels, more than the 89478485 allowed; shrink it or raise the limit.")]
    [InlineData("text.png", "is not an image of a known format; JPEG, PNG, WebP, GIF and BMP can be read.")]
    [InlineData("tiff.tif", "is not an image of a known format; JPEG, PNG, WebP, GIF and BMP can be read.")]
    [InlineData("truncated.bmp", "is truncated: the file ends before the last row of pixels.")]
    [InlineData("truncated.gif", "is truncated: the file ends before the last row of pixels.")]
    [InlineData("truncated.jpg", "is truncated: the file ends before the last row of pixels.")]
    [InlineData("truncated.png", "is truncated: the file ends before the last row of pixels.")]
    [InlineData("truncated.webp", "is truncated: it is shorter than its header says.")]
    [InlineData("nowhere.png", "does not exist.")]
    public void An_invalid_file_is_refused_with_its_name_and_the_reason(string file, string reason)
    {
        var path = Path.Combine(ImageGoldens.Folder, "bad", file);
        var error = Assert.Throws<ImageFileException>(() => ImageFile.Decode(path).Dispose());
        Assert.Equal($"The image '{path}' {reason}", error.Message);
        Assert.Equal((path, reason), (error.Path, error.Reason));
    }

    [Theory]
    [MemberData(nameof(GoodFiles))]
    public void A_truncated_file_is_refused_or_read_completely(string file)
    {
        var content = File.ReadAllBytes(ImageGoldens.Good(file));
        using var whole = ImageFile.Decode(new MemoryStream(content), file);
        for (var length = 0; length < content.Length; length++)
        {
            try
            {
                using var cut = ImageFile.Decode(new MemoryStream(content, 0, length), file);
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
        var content = File.ReadAllBytes(ImageGoldens.Good(file));
        for (var position = 0; position < content.Length; position++)
        {
            content[position] ^= 0x5A;
            try
            {
                ImageFile.Decode(new MemoryStream(content), file, maximumPixels: 1 << 16).Dispose();
            }
            catch (ImageFileException)
            {
                // Refused.
            }

            content[position] ^= 0x5A;
        }
    }

    [Fact]
    public void A_folder_is_refused()
    {
        var error = Assert.Throws<ImageFileException>(() => ImageFile.Decode(ImageGoldens.Folder).Dispose());
        Assert.StartsWith($"The image '{ImageGoldens.Folder}' cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Streams_decode_like_files(bool canSeek)
    {
        var path = ImageGoldens.Good("rgba.png");
        using var file = File.OpenRead(path);
        using Stream stream = canSeek ? new MemoryStream(File.ReadAllBytes(path)) : new BufferedStream(new Unseekable(file));
        using var expected = ImageFile.Decode(path);
        using var image = ImageFile.Decode(stream, "upload");
        Assert.True(expected.Pixels.SequenceEqual(image.Pixels));
        Assert.Equal("upload", image.Tag);
    }

    [Fact]
    public void The_caller_sets_the_pixel_limit()
    {
        var path = ImageGoldens.Good("rgb.png");
        ImageFile.Decode(path, maximumPixels: 192).Dispose();
        Assert.Throws<ImageFileException>(() => ImageFile.Decode(path, maximumPixels: 191).Dispose());
    }

    [Fact]
    public void Without_a_pixel_limit_memory_is_the_limit()
    {
        var path = Path.Combine(ImageGoldens.Folder, "bad", "huge.png");
        var error = Assert.Throws<ImageFileException>(() => ImageFile.Decode(path, maximumPixels: long.MaxValue).Dispose());
        Assert.Equal(
            $"The image '{path}' cannot be decoded: There is not enough memory for an image of 60000x50000 pixels; choose a smaller size.", error.Message);
    }

    [Fact]
    public void Skia_gets_colours_that_are_not_premultiplied()
    {
        using var transparent = ImageFile.Decode(ImageGoldens.Good("rgba.png"));
        using var opaque = ImageFile.Decode(ImageGoldens.Good("rgb.png"));
        Assert.Equal(SKAlphaType.Unpremul, MLImageBitmap.Of(transparent).AlphaType);
        Assert.Equal(SKAlphaType.Opaque, MLImageBitmap.Of(opaque).AlphaType);
    }

    /// <summary>Hides that a stream can seek.</summary>
    private sealed class Unseekable(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
