using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Torch.Tests.Diffusion;

public class StoredSamplingTests
{
    public static TheoryData<string> Names => [.. SamplerRegistry.Names];

    public static TheoryData<string, SamplingSettings> FirstVersions => new()
    {
        {
            """{ "Sampler": "Ddim", "Steps": 7, "Eta": 0.3, "Temperature": 0.5, "Churn": { "Amount": 0 }, "Details": { "BetaShare": 0 } }""",
            new() { Sampler = new DdimSampler { Eta = 0.3, Temperature = 0.5 }, Steps = 7 }
        },
        {
            """
            { "Sampler": "Heun", "Steps": 7, "Spacing": "Linspace", "SigmaCurve": "Karras", "ClipRange": 2.5, "Temperature": 0.9,
              "Churn": { "Amount": 0.1, "SmallestSigma": 0.01, "LargestSigma": "Infinity" }, "Details": { "SecondOrder": null } }
            """,
            new()
            {
                Sampler = new HeunSampler
                {
                    Churn = new Churn { Amount = 0.1, SmallestSigma = 0.01 }, LargestFall = double.PositiveInfinity,
                },
                Steps = 7, Spacing = TimestepSpacing.Linspace,
                SigmaCurve = SigmaCurve.Karras, ClipRange = 2.5,
            }
        },
        {
            """
            { "sampler": "DpmSolverPlusPlus2MSde", "steps": 20, "order": 1, "details": { "second_order": "Heun", "grid": "Timesteps" } }
            """,
            new()
            {
                Sampler = new DpmSolverPlusPlus2MSampler { Eta = 1, Order = 1, Method = SecondOrder.Heun }, Steps = 20,
                Details = new() { Grid = SamplingGrid.Timesteps },
            }
        },
        { """{ "sampler": "DpmSolverPlusPlus3MSde", "eta": 0 }""", new() { Sampler = new DpmSolverPlusPlus3MSampler { Eta = 0 } } },
        {
            """{ "sampler": "UniPc", "details": { "solved": "Epsilon", "uncorrected": [0, 2], "lower_order_at_end": false } }""",
            new() { Sampler = new UniPcSampler { Solved = Prediction.Epsilon, Uncorrected = [0, 2], LowerOrderAtEnd = false } }
        },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Settings_round_trip(string sampler) => SamplingSettingsGen.Of(sampler).Sample(
        settings => StoredSampling.AreEqual(settings, JsonSerializer.Deserialize<SamplingSettings>(JsonSerializer.Serialize(settings))!), iter: 30);

    [Theory]
    [MemberData(nameof(FirstVersions))]
    public void Files_of_the_first_version_are_still_read(string json, SamplingSettings expected)
    {
        var read = StoredSampling.Read(Parse(json));

        Assert.True(StoredSampling.AreEqual(expected, read), $"{read.Sampler} {read}");
    }

    [Fact]
    public void A_sampler_is_stored_by_its_name_with_its_options() => Assert.Equal(
        """{"name":"Ddim","eta":0.5,"temperature":1,"use_clipped_epsilon":false}""",
        StoredSampling.Write(new() { Sampler = new DdimSampler { Eta = 0.5 } })["sampler"]!.ToJsonString());

    [Fact]
    public void A_custom_sampler_is_not_stored() => Assert.Equal(
        "Sampler is 'OwnSampler'; only the library's own samplers can be stored; store one of them, and set your own when generating.",
        Assert.Throws<OptionException>(() => StoredSampling.Write(new() { Sampler = new OwnSampler() })).Message);

    [Theory]
    [InlineData("""{ "version": 2, "stepz": 3 }""", "'stepz' is not known")]
    [InlineData("""{ "version": 2, "sampler": { "name": "ddim", "etta": 1 } }""", "'etta' is not known")]
    [InlineData("""{ "version": 2, "details": { "endd": "Clean" } }""", "'endd' is not known")]
    [InlineData("""{ "version": 3 }""", "The sampling settings were written by a newer version of this library.")]
    [InlineData("""{ "sampler": { "name": "Magic" } }""", "Sampler is 'Magic'; it must be one of Ddpm, ")]
    [InlineData("""{ "sampler": { "name": "Ddim", "eta": true } }""", "Eta cannot be true.")]
    [InlineData("""{ "spacing": "Odd" }""", "Spacing cannot be \"Odd\".")]
    public void Unreadable_values_are_named(string json, string message) =>
        Assert.StartsWith(message, Assert.Throws<JsonException>(() => StoredSampling.Read(Parse(json))).Message, StringComparison.Ordinal);

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
