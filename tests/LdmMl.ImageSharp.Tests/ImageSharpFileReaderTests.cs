using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.ImageSharp.Tests;

public class ImageSharpFileReaderTests
{
    private static readonly string Folder = ImageGoldens.Folder;

    static ImageSharpFileReaderTests() => ImageSharpFileReader.Register();

    public static TheoryData<string> GoodFiles() => ImageGoldens.GoodFiles();

    [Theory]
    [Trait("Category", "Golden")]
    [MemberData(nameof(GoodFiles))]
    public void A_file_decodes_to_the_same_upright_pixels_as_in_Pillow(string file)
    {
        var line = ImageGoldens.Lines().Single(parts => parts[0] == file);
        using var image = ImageFile.Decode(Path.Combine(Folder, file));
        Assert.Equal((int.Parse(line[1]), int.Parse(line[2])), (image.Width, image.Height));
        using var zlib = new ZLibStream(new MemoryStream(Convert.FromBase64String(line[4])), CompressionMode.Decompress);
        using var expected = new MemoryStream();
        zlib.CopyTo(expected);
        Assert.InRange(image.Pixels.ToArray().Zip(expected.ToArray(), (actual, wanted) => Math.Abs(actual - wanted)).Max(), 0, int.Parse(line[3]));
    }

    [Theory]
    [InlineData("bad_cmyk.tif", "is a TIFF with 4 channels and the colour space 5, which is not supported; convert it to RGB.")]
    [InlineData("bad_float.tif", "is a TIFF with 1 channels of 32 bits, which is not supported; save it with 1, 3 or 4 channels of 8 or 16 bits.")]
    [InlineData("bad_int32.tif", "is a TIFF with 1 channels of 32 bits, which is not supported; save it with 1, 3 or 4 channels of 8 or 16 bits.")]
    [InlineData("bad_group3.tif", "is a TIFF with CCITT fax compression, which is not supported; save it with LZW or without compression.")]
    [InlineData("bad_group4.tif", "is a TIFF with CCITT fax compression, which is not supported; save it with LZW or without compression.")]
    [InlineData("grey_alpha.tif", "is a TIFF with 2 channels and the colour space 1, which is not supported; convert it to RGB.")]
    public void Unsupported_files_are_refused_with_name_and_reason(string file, string reason)
    {
        var path = Path.Combine(Folder, file);
        Assert.Equal($"The image '{path}' {reason}", Assert.Throws<ImageFileException>(() => ImageFile.Decode(path)).Message);
    }

    [Fact]
    public void BigTIFF_is_refused_before_decoding()
    {
        byte[] content = [.. "II"u8, 43, 0, 8, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal("is a BigTIFF, which is not supported; save it as a classic TIFF.", Refusal(content).Reason);
    }

    [Fact]
    public void Reading_a_directory_that_points_to_itself_ends()
    {
        var content = File.ReadAllBytes(Path.Combine(Folder, "rgb.tif"));
        var start = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(4));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(content.AsSpan(start));
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(start + 2 + (12 * count)), start);
        using var image = ImageFile.Decode(content);
        Assert.Equal(16, image.Width);
    }

    [Theory]
    [InlineData("rgb.tif", 256, 60_000, "has 60000x12 = 720000 pixels, more than the 100000 allowed; shrink it or raise the limit.")]
    [InlineData("rgb.tif", 256, 0, "is damaged: its header says 0x12 pixels.")]
    [InlineData("rgb.tif", 257, 6000, "is damaged: its pixels need 6000 strips, but it has 1.")]
    [InlineData("rgb.tif", 256, 17, "is damaged: a strip is shorter than its rows of pixels.")]
    [InlineData("rgb_lzw.tif", 273, 1_000_000, "is truncated: the file ends before the last row of pixels.")]
    [InlineData("rgb.tif", 259, 50000, "is a TIFF with compression 50000, which is not supported; save it with LZW or without compression.")]
    public void Numbers_of_a_TIFF_are_checked_before_decoding(string file, int tag, int value, string reason)
    {
        var content = File.ReadAllBytes(Path.Combine(Folder, file));
        if (tag == 257)
            SetTag(content, 278, 1);
        SetTag(content, tag, value);
        Assert.Equal(reason, Refusal(content, maximumPixels: 100_000).Reason);
    }

    [Fact]
    public void A_TIFF_with_tiles_is_refused()
    {
        var content = File.ReadAllBytes(Path.Combine(Folder, "rgb.tif"));
        Retag(content, 278, 322);
        Assert.Equal("is a TIFF in tiles, which is not supported; save it in strips.", Refusal(content).Reason);
    }

    [Theory]
    [InlineData("rgb.tga", 12)]
    [InlineData("rgb.ppm", 3)]
    public void The_pixel_limit_is_checked_before_decoding(string file, int position)
    {
        var content = File.ReadAllBytes(Path.Combine(Folder, file));
        if (file.EndsWith("tga", StringComparison.Ordinal))
            content.AsSpan(position, 4).Fill(0xEA);
        else
            content = [.. "P6 60138 60138 255\n"u8, .. content.AsSpan(position)];
        Assert.Equal("has 60138x60138 = 3616579044 pixels, more than the 89478485 allowed; shrink it or raise the limit.", Refusal(content).Reason);
    }

    [Theory]
    [InlineData("P5 2 1 100\n\x00\x64", new byte[] { 0, 255 })]
    [InlineData("P5 2 1 100\n\x32\x01", new byte[] { 128, 3 })]
    [InlineData("P2 2 1\n#c\n15 15 # d\n 7 ", new byte[] { 255, 119 })]
    [InlineData("P1 2 1 10", new byte[] { 0, 255 })]
    public void Values_with_another_maximum_are_scaled(string text, byte[] greys)
    {
        using var image = ImageFile.Decode(System.Text.Encoding.Latin1.GetBytes(text));
        Assert.Equal(greys, image.Pixels.ToArray().Chunk(4).Select(pixel => pixel[1]));
    }

    [Fact]
    public void LoadImageFiles_reads_the_formats_into_a_column()
    {
        var context = new MLContext(seed: 1);
        var rows = context.Data.LoadFromEnumerable(
            [new PathRow { Path = Path.Combine(Folder, "rgb.tif") }, new PathRow { Path = Path.Combine(Folder, "rgb.tga") }]);
        var loaded = context.Transforms.LoadImageFiles("Image", "Path").Fit(rows).Transform(rows);
        Assert.Equal([16, 16], loaded.GetColumn<MLImage>("Image").Select(image => image.Width));
    }

    [Fact]
    public void Errors_about_unknown_files_list_the_formats() => Assert.Equal(
        "is not an image of a known format; JPEG, PNG, WebP, GIF, BMP, TIFF, TGA and PPM can be read.",
        Refusal("nothing that anybody knows"u8.ToArray()).Reason);

    [Fact]
    public void The_libraries_themselves_do_not_depend_on_ImageSharp()
    {
        var core = typeof(ImageFile).Assembly;
        var assemblies = core.GetReferencedAssemblies().Concat(typeof(Torch.Tensors.PixelRange).Assembly.GetReferencedAssemblies());
        Assert.DoesNotContain(assemblies, assembly => assembly.Name!.StartsWith("SixLabors", StringComparison.Ordinal));
    }

    [Fact]
    public void Registering_twice_changes_nothing()
    {
        ImageSharpFileReader.Register();
        Assert.Single(ImageFile.Extensions, ".tif");
        Assert.Contains(".jfif", ImageFile.Extensions);
    }

    private static ImageFileException Refusal(byte[] content, long maximumPixels = ImageFile.DefaultMaximumPixels) =>
        Assert.Throws<ImageFileException>(() => ImageFile.Decode(content, "test", maximumPixels));

    private static void SetTag(byte[] tiff, int tag, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(tiff.AsSpan(Entry(tiff, tag) + 8), value);

    private static void Retag(byte[] tiff, int tag, ushort other) => BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(Entry(tiff, tag)), other);

    private static int Entry(byte[] tiff, int tag)
    {
        var start = BinaryPrimitives.ReadInt32LittleEndian(tiff.AsSpan(4));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(tiff.AsSpan(start));
        return Enumerable.Range(0, count).Select(index => start + 2 + (12 * index)).Single(at => BinaryPrimitives.ReadUInt16LittleEndian(tiff.AsSpan(at)) == tag);
    }

    private sealed class PathRow
    {
        public string Path { get; set; } = "";
    }
}
