using System.Buffers.Binary;
using System.IO.Compression;
using LdmMl.Torch.Checkpoints.PyTorch;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Images;

/// <summary>
/// The places in a file where an orientation can be stored, as Pillow's <c>exif_transpose</c> finds it (12.0: Image.getexif, JpegImagePlugin.APP,
/// PngImagePlugin's chunks, WebPImagePlugin).
/// </summary>
public class OrientationTests
{
    private const int Upright = 1, Rotated = 6;

    private static readonly byte[] Xmp = System.Text.Encoding.UTF8.GetBytes("<rdf:Description tiff:Orientation=\"6\" />");

    public static TheoryData<string> Places() => [.. Files.Keys];

    private static Dictionary<string, (byte[] Content, int Orientation)> Files { get; } = new()
    {
        ["png eXIf"] = (Png(Chunk("eXIf", Exif(6))), Rotated),
        ["png eXIf in big-endian order"] = (Png(Chunk("eXIf", Exif(6, isLittleEndian: false))), Rotated),
        ["png eXIf as a 32-bit number"] = (Png(Chunk("eXIf", Exif(6, type: 4))), Rotated),
        ["png eXIf as a 32-bit number in big-endian order"] = (Png(Chunk("eXIf", Exif(6, isLittleEndian: false, type: 4))), Rotated),
        ["png eXIf with JPEG's prefix"] = (Png(Chunk("eXIf", [.. "Exif\0\0"u8, .. Exif(6)])), Rotated),
        ["png eXIf behind the pixels"] = (Png([], Chunk("eXIf", Exif(6))), Rotated),
        ["png two eXIf"] = (Png([.. Chunk("eXIf", Exif(1)), .. Chunk("eXIf", Exif(6))]), Rotated),
        ["png eXIf of an unknown number"] = (Png(Chunk("eXIf", Exif(9))), Upright),
        ["png eXIf of two numbers"] = (Png(Chunk("eXIf", Exif(6, count: 2))), Upright),
        ["png eXIf that is no TIFF"] = (Png(Chunk("eXIf", "nonsense of some length"u8)), Upright),
        ["png profile as text"] = (Png(Chunk("tEXt", [.. "Raw profile type exif\0"u8, .. Profile()])), Rotated),
        ["png profile as compressed text"] = (Png(Chunk("zTXt", [.. "Raw profile type exif\0\0"u8, .. Deflate(Profile())])), Rotated),
        ["png profile and an eXIf without orientation"] =
            (Png([.. Chunk("tEXt", [.. "Raw profile type exif\0"u8, .. Profile()]), .. Chunk("eXIf", Exif(6, tag: 270))]), Upright),
        ["png EXIF as it is in a text"] = (Png(Chunk("tEXt", [.. "exif\0"u8, .. Exif(6)])), Rotated),
        ["png profile of broken digits"] = (Png(Chunk("tEXt", "Raw profile type exif\0\nexif\n 4\nxyz!\n"u8)), Upright),
        ["png XMP"] = (Png(Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. Xmp])), Rotated),
        ["png XMP compressed"] = (Png(Chunk("iTXt", [.. "XML:com.adobe.xmp\0\u0001\0\0\0"u8, .. Deflate(Xmp)])), Rotated),
        ["png XMP as an element"] =
            (Png(Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. "<tiff:Orientation>6</tiff:Orientation>"u8])), Rotated),
        ["png XMP and EXIF that says upright"] =
            (Png([.. Chunk("eXIf", Exif(1)), .. Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. Xmp])]), Upright),
        ["png another text"] = (Png(Chunk("iTXt", [.. "Comment\0\0\0\0\0"u8, .. Xmp])), Upright),
        ["jpeg EXIF"] = (Jpeg(App1([.. "Exif\0\0"u8, .. Exif(6)])), Rotated),
        ["jpeg EXIF behind XMP that says upright"] =
            (Jpeg(App1([.. "http://ns.adobe.com/xap/1.0/\0"u8, .. "tiff:Orientation=\"1\""u8]), App1([.. "Exif\0\0"u8, .. Exif(6)])), Rotated),
        ["jpeg EXIF in two segments"] =
            (Jpeg(App1([.. "Exif\0\0"u8, .. Exif(6)[..12]]), App1([.. "Exif\0\0"u8, .. Exif(6)[12..]])), Rotated),
        ["jpeg XMP"] = (Jpeg(App1([.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Xmp])), Rotated),
        ["jpeg XMP behind EXIF without orientation"] =
            (Jpeg(App1([.. "Exif\0\0"u8, .. Exif(6, tag: 270)]), App1([.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Xmp])), Rotated),
        ["jpeg APP1 of something else"] = (Jpeg(App1([.. "Other\0"u8, .. Exif(6)])), Upright),
        ["webp EXIF"] = (WebP("EXIF", Exif(6)), Rotated),
        ["webp EXIF with JPEG's prefix"] = (WebP("EXIF", [.. "Exif\0\0"u8, .. Exif(6)]), Rotated),
        ["webp XMP"] = (WebP("XMP ", Xmp), Rotated),
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void The_orientation_is_found_wherever_it_is_stored(string place)
    {
        var (content, orientation) = Files[place];
        using var image = ImageFile.Decode(content, place);
        using var stored = ImageFile.Decode(Stored(place[..3]));
        Assert.Equal(orientation == Rotated ? (stored.Height, stored.Width) : (stored.Width, stored.Height), (image.Width, image.Height));
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
                Assert.Equal(orientation == Rotated ? At(stored, y, stored.Height - 1 - x) : At(stored, x, y), At(image, x, y));
        }
    }

    [Fact]
    public void A_text_chunk_that_decompresses_to_more_than_a_mebibyte_is_skipped()
    {
        var content = Png(Chunk("zTXt", [.. "Raw profile type exif\0\0"u8, .. Deflate(new byte[50_000_000])]));
        using var image = ImageFile.Decode(content, "bomb");
        Assert.Equal(16, image.Width);
    }

    private static uint At(MLImage image, int x, int y) => BinaryPrimitives.ReadUInt32LittleEndian(image.Pixels[(((y * image.Width) + x) * 4)..]);

    private static byte[] Stored(string kind) => File.ReadAllBytes(ImageGoldens.Good(kind switch
    {
        "png" => "rgb.png",
        "web" => "lossless.webp",
        _ => "progressive.jpg",
    }));

    private static byte[] Png(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after = default)
    {
        var png = Stored("png").AsSpan();
        const int Header = 33, End = 12;
        return [.. png[..Header], .. before, .. png[Header..^End], .. after, .. png[^End..]];
    }

    private static byte[] Chunk(string kind, ReadOnlySpan<byte> data)
    {
        byte[] checkedPart = [.. System.Text.Encoding.ASCII.GetBytes(kind), .. data];
        byte[] chunk = [0, 0, 0, 0, .. checkedPart, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        var checksum = default(Crc32);
        checksum.Append(checkedPart);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), checksum.Value);
        return chunk;
    }

    private static byte[] Jpeg(params byte[][] segments)
    {
        var jpeg = Stored("jpg");
        return [.. jpeg[..2], .. segments.SelectMany(segment => segment), .. jpeg[2..]];
    }

    private static byte[] App1(ReadOnlySpan<byte> payload) => [0xFF, 0xE1, (byte)((payload.Length + 2) >> 8), (byte)(payload.Length + 2), .. payload];

    private static byte[] WebP(string kind, ReadOnlySpan<byte> data)
    {
        var pixels = Stored("web").AsSpan(12);
        var flags = (byte)(kind == "EXIF" ? 8 : 4);
        byte[] extended = [.. "VP8X"u8, 10, 0, 0, 0, flags, 0, 0, 0, 15, 0, 0, 11, 0, 0];
        byte[] chunk = [.. System.Text.Encoding.ASCII.GetBytes(kind), (byte)data.Length, 0, 0, 0, .. data, .. data.Length % 2 == 1 ? new byte[1] : []];
        byte[] webp = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8, .. extended, .. pixels, .. chunk];
        BinaryPrimitives.WriteInt32LittleEndian(webp.AsSpan(4), webp.Length - 8);
        return webp;
    }

    private static byte[] Exif(ushort orientation, bool isLittleEndian = true, ushort type = 3, uint count = 1, ushort tag = 274)
    {
        var exif = new byte[26];
        var writer = new BinaryWriter(new MemoryStream(exif));
        writer.Write(isLittleEndian ? "II"u8 : "MM"u8);
        Write16(42);
        Write32(8);
        Write16(1);
        Write16(tag);
        Write16(type);
        Write32(count);
        if (type == 4)
        {
            Write32(orientation);
            return exif;
        }

        Write16(orientation);
        return exif;

        void Write16(ushort value) => writer.Write(isLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
        void Write32(uint value) => writer.Write(isLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
    }

    private static byte[] Profile()
    {
        var digits = Convert.ToHexStringLower([.. "Exif\0\0"u8, .. Exif(6)]);
        return System.Text.Encoding.ASCII.GetBytes($"\nexif\n      {digits.Length / 2}\n{digits[..40]}\n{digits[40..]}\n");
    }

    private static byte[] Deflate(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize))
            zlib.Write(content);
        return packed.ToArray();
    }
}
