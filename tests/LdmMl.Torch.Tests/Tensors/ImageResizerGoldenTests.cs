using System.Security.Cryptography;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Tests.Tensors;

/// <summary>Pillow's results (created by Goldens/resize/make.py), compared as hashes.</summary>
[Trait("Category", "Golden")]
public class ImageResizerGoldenTests
{
    private static readonly string CommittedCases =
        Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "resize", "cases.tsv");

    public static TheoryData<string, string> Groups()
    {
        var data = new TheoryData<string, string>();
        foreach (var group in Lines().Select(line => (Mode: line[0], Filter: line[1])).Distinct())
        {
            data.Add(group.Mode, group.Filter);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Resized_bytes_equal_those_of_Pillow(string mode, string filter)
    {
        var channels = mode switch
        {
            "L" => 1,
            "RGB" => 3,
            _ => 4,
        };
        var different = new List<string>();
        foreach (var line in Lines().Where(line => line[0] == mode && line[1] == filter))
        {
            var (from, to) = (Size(line[2]), Size(line[3]));
            var source = Source(from.Width * from.Height * channels, line[4], uint.Parse(line[5]));
            var target = new byte[to.Width * to.Height * channels];
            ImageResizer.Resize(source, from.Width, from.Height, target, to.Width, to.Height, channels, Enum.Parse<ResizeFilter>(filter));
            if (!Convert.ToHexStringLower(SHA256.HashData(target)).StartsWith(line[6], StringComparison.Ordinal))
            {
                different.Add(string.Join(' ', line));
            }
        }

        Assert.Empty(different);
    }

    private static IEnumerable<string[]> Lines() =>
        File.ReadLines(Environment.GetEnvironmentVariable("LDMML_RESIZE_CASES") ?? CommittedCases)
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split('\t'));

    private static ImageSize Size(string text) => new(int.Parse(text.Split('x')[0]), int.Parse(text.Split('x')[1]));

    private static byte[] Source(int count, string kind, uint seed)
    {
        var bytes = new byte[count];
        var state = seed;
        for (var i = 0; i < count; i++)
        {
            state = unchecked((state * 1664525) + 1013904223);
            var value = (int)(state >> 24);
            bytes[i] = (byte)(kind == "noise" ? value : 255 * (value >> 7));
        }

        return bytes;
    }
}
