using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Text;

/// <summary>Full-size published text encoders on the META device, compared with the keys and shapes of their files.</summary>
public class PublishedTextEncodersTests
{
    private static readonly Dictionary<string, TextNetworkConfig> Presets = new(StringComparer.Ordinal)
    {
        ["stable-diffusion-1"] = ClipTextConfig.LargePatch14,
        ["stable-diffusion-2"] = ClipTextConfig.HugePatch14,
        ["sdxl-first"] = ClipTextConfig.LargePatch14,
        ["sdxl-second"] = ClipTextConfig.BigGiantPatch14,
        ["ldm-text2im-large"] = new LdmTextConfig { VocabularySize = 30522, Width = 1280, FeedForwardWidth = 5120, Layers = 32, Heads = 8 },
    };

    private static readonly Dictionary<string, string[]> Expected = File
        .ReadLines(Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "keys", "text-encoders.tsv"))
        .Select(line => line.Split('\t'))
        .ToDictionary(fields => fields[0], fields => fields[1..], StringComparer.Ordinal);

    public static TheoryData<string> Names() => [.. Expected.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Keys_and_shapes_equal_those_of_the_published_encoder(string name)
    {
        using var scope = NewDisposeScope();
        using var network = TextNetworks.Build(Presets[name], META);

        var lines = network.state_dict().Select(entry => $"{entry.Key} [{string.Join(", ", entry.Value.shape)}]").Order(StringComparer.Ordinal).ToArray();

        string[] actual =
        [
            lines.Length.ToString(CultureInfo.InvariantCulture),
            network.parameters().Sum(parameter => parameter.numel()).ToString(CultureInfo.InvariantCulture),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))))),
        ];
        Assert.Equal(Expected[name], actual);
    }
}
