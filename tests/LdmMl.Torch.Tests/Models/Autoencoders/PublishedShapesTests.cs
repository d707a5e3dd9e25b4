using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tests.GoldenRunners;
using TorchSharp;

namespace LdmMl.Torch.Tests.Models.Autoencoders;

/// <summary>Full-size published networks on the META device, compared with the keys and shapes that the reference's own code printed.</summary>
public class PublishedShapesTests
{
    private static readonly Dictionary<string, AutoencoderConfig> Presets = new()
    {
        ["kl-f4"] = KlAutoencoderConfig.KlF4,
        ["kl-f8"] = KlAutoencoderConfig.KlF8,
        ["kl-f16"] = KlAutoencoderConfig.KlF16,
        ["kl-f32"] = KlAutoencoderConfig.KlF32,
        ["vq-f4"] = VqAutoencoderConfig.VqF4,
        ["vq-f4-noattn"] = VqAutoencoderConfig.VqF4WithoutAttention,
        ["vq-f8"] = VqAutoencoderConfig.VqF8,
        ["vq-f8-n256"] = VqAutoencoderConfig.VqF8With256Entries,
        ["vq-f16"] = VqAutoencoderConfig.VqF16,
        ["taesd"] = TinyAutoencoderConfig.Taesd,
        ["taesd3"] = TinyAutoencoderConfig.Taesd3,
        ["taef2"] = TinyAutoencoderConfig.Taef2,
    };

    public static TheoryData<string> Names() => [.. Presets.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Keys_and_shapes_equal_those_of_the_published_model(string name)
    {
        using var network = NetworkFactory.Build(Presets[name], torch.META);

        var actual = network.state_dict().Select(entry => $"{entry.Key} [{string.Join(", ", entry.Value.shape)}]").Order(StringComparer.Ordinal);

        Assert.Equal(File.ReadAllLines(Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "keys", $"{name}.txt")), actual);
    }
}
