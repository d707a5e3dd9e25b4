using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models.UNets.Storage;
using LdmMl.Torch.Tests.GoldenRunners;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.UNets;

/// <summary>Full-size published networks on the META device, compared with the keys and shapes that the reference's own code printed.</summary>
public class PublishedUNetsTests
{
    private const string Diffusers = ".diffusers";

    private static readonly Dictionary<string, UNetConfig> Presets = new(StringComparer.Ordinal)
    {
        ["celebahq256"] = UNetConfig.CelebaHq256,
        ["ffhq256"] = UNetConfig.Ffhq256,
        ["lsun_beds256"] = UNetConfig.LsunBeds256,
        ["lsun_churches256"] = UNetConfig.LsunChurches256,
        ["cin256"] = UNetConfig.Cin256,
        ["cin256-v2"] = UNetConfig.Cin256Version2,
        ["txt2img-1p4B"] = UNetConfig.Txt2Img,
        ["text2img256"] = UNetConfig.Text2Img256,
        ["bsr_sr"] = UNetConfig.SuperResolution,
        ["inpainting_big"] = UNetConfig.Inpainting,
        ["semantic_synthesis256"] = new()
        {
            InputChannels = 6,
            OutputChannels = 3,
            BaseChannels = 128,
            ChannelMultipliers = [1, 4, 8],
            AttentionFactors = [32, 16, 8],
            Heads = 8,
        },
        ["stable-diffusion-1"] = UNetConfig.StableDiffusion1,
        ["stable-diffusion-2"] = UNetConfig.StableDiffusion2,
        ["stable-diffusion-2-unclip"] = UNetConfig.StableDiffusion2 with { VectorDimension = 1536 },
    };

    private static readonly Dictionary<string, string[]> Expected = File
        .ReadLines(Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "keys", "unets.tsv"))
        .Select(line => line.Split('\t'))
        .ToDictionary(fields => fields[0], fields => fields[1..], StringComparer.Ordinal);

    public static TheoryData<string> Names() => [.. Expected.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Keys_and_shapes_equal_those_of_the_published_network(string name)
    {
        var config = Presets[name.Replace(Diffusers, "", StringComparison.Ordinal)];
        using var scope = NewDisposeScope();
        using var network = UNetFactory.Build(config, META);
        IEnumerable<KeyValuePair<string, Tensor>> weights = name.EndsWith(Diffusers, StringComparison.Ordinal)
            ? UNetFiles.Weights(network)
            : network.state_dict();

        var lines = weights.Select(entry => $"{entry.Key} [{string.Join(", ", entry.Value.shape)}]").Order(StringComparer.Ordinal).ToArray();

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        string[] actual =
        [
            lines.Length.ToString(CultureInfo.InvariantCulture),
            network.parameters().Sum(parameter => parameter.numel()).ToString(CultureInfo.InvariantCulture),
            Convert.ToHexStringLower(hash),
        ];
        Assert.Equal(Expected[name], actual);
    }
}
