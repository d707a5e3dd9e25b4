using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.UNets;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.UNets;

public class UNetErrorsTests
{
    public static TheoryData<string, string> Calls() => new()
    {
        { "states of three axes", "Expected states [B, c, h, w], got [4, 4, 4]." },
        { "states of doubles", "Expected float32 states, got Float64; convert with to(ScalarType.Float32)." },
        { "too many channels", "The U-Net takes 4 channels; got 5 from the states and 0 concatenated." },
        { "something concatenated", "The U-Net takes 4 channels; got 4 from the states and 1 concatenated." },
        { "concatenated of another size", "Expected concatenated channels [2, c, 4, 4] with states [2, 4, 4, 4], got [2, 1, 8, 8]." },
        { "odd sides", "The states are 5x4; both sides must be multiples of 2." },
        { "one time for two rows", "Expected one time step for each of 2 rows, [2], got [1]." },
        { "no context", "The U-Net needs context tokens, but none were given." },
        { "context of another width", "Expected context [2, tokens, 12], got [2, 3, 11]." },
        { "context it does not take", "The U-Net takes no context tokens (its ContextDimension is null); leave them out." },
        { "no labels", "The U-Net needs class labels, but none were given." },
        { "labels of floats", "Expected labels [2] of int64, got [2] of Float32." },
        { "labels it does not know", "Labels go from 0 to 4; got 0 to 5." },
        { "no vectors", "The U-Net needs vectors, but none were given." },
        { "vectors of another width", "Expected vectors [2, 6], got [2, 7]." },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_wrong_call_says_what_was_given_and_what_is_needed(string call, string message)
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => Call(call));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("heads", "Heads is 3; it must divide the 32 channels of level 0, which has attention.")]
    [InlineData("head channels", "HeadChannels is 24; it must divide the 32 channels of level 0, which has attention.")]
    [InlineData("heads on the way up", "UpsampleHeads is 5; it must divide the 32 channels of level 0, which has attention.")]
    [InlineData("groups", "BaseChannels is 40; it must be at least 2 and a multiple of the 32 groups of a normalisation.")]
    [InlineData("first multiplier", "ChannelMultipliers is [2, 4]; the first level must have the multiplier 1; divide them all, and increase the base width instead.")]
    [InlineData("factors", "AttentionFactors is [3]; each factor must be a power of 2, because maps get smaller in powers of 2.")]
    [InlineData("both", "VectorDimension is 2; LabelCount is given too, and only one of them can be added to the time embedding.")]
    [InlineData("pooling heads", "ContextPoolingHeads is 5; it must divide ContextDimension, 12.")]
    [InlineData("pooling without context", "ContextPoolingHeads is 1; it must divide ContextDimension, null.")]
    [InlineData("pooling and sizes", "ContextPoolingHeads is 3; SizeDimension is given too, and diffusers has a name for only one of them.")]
    [InlineData("level heads", "LevelHeads is [1]; it must have one number for each of the 2 levels.")]
    [InlineData("level widths", "LevelWidths is [32]; it must have 2 multiples of 32, the first of them 32.")]
    [InlineData("dropout", "Dropout is 1; it must be at least 0 and less than 1.")]
    [InlineData("resampling", "Resampling is 7; it must be one of Convolution, Plain, ResidualBlock.")]
    public void An_invalid_config_names_the_value(string what, string message)
    {
        var plain = SmallUNets.Kinds["plain"];
        var config = what switch
        {
            "heads" => plain with { Heads = 3 },
            "head channels" => plain with { HeadChannels = 24 },
            "heads on the way up" => plain with { UpsampleHeads = 5 },
            "first multiplier" => plain with { ChannelMultipliers = [2, 4] },
            "resampling" => plain with { Resampling = (UNetResampling)7 },
            "groups" => plain with { BaseChannels = 40 },
            "factors" => plain with { AttentionFactors = [3] },
            "both" => plain with { LabelCount = 2, VectorDimension = 2 },
            "pooling heads" => plain with { ContextDimension = 12, ContextPoolingHeads = 5 },
            "pooling without context" => plain with { ContextPoolingHeads = 1 },
            "pooling and sizes" => plain with { ContextDimension = 12, ContextPoolingHeads = 3, VectorDimension = 29, SizeDimension = 4 },
            "level widths" => plain with { LevelWidths = [32] },
            "level heads" => plain with { LevelHeads = [1] },
            _ => plain with { Dropout = 1 },
        };

        Assert.Equal(message, Assert.Throws<OptionException>(() => new UNet(config, META)).Message);
    }

    [Fact]
    public void Training_with_dropout_needs_a_generator()
    {
        using var scope = NewDisposeScope();
        using var network = UNetFactory.Build(SmallUNets.Kinds["plain"] with { Dropout = 0.5 });
        network.train();
        var (states, times, conditions) = SmallUNets.Inputs(network.Config, [0], 4, 4);

        var error = Assert.Throws<InvalidOperationException>(() => network.Predict(states, times, conditions));

        Assert.Equal("This U-Net drops 50 % of its values in training; set DropoutNoise first.", error.Message);
    }

    [Fact]
    public void Dropout_depends_only_on_its_generator()
    {
        using var scope = NewDisposeScope();
        using var network = SmallUNets.Build("dropout");
        network.train();
        using var noGradient = no_grad();
        var (states, times, conditions) = SmallUNets.Inputs(network.Config, [0], 4, 4);

        Tensor Draw(ulong seed)
        {
            using var noise = new Generator(seed, CPU);
            network.DropoutNoise = noise;
            return network.Predict(states, times, conditions);
        }

        Assert.True(Draw(1).equal(Draw(1)).all().item<bool>());
        Assert.False(Draw(1).equal(Draw(2)).all().item<bool>());
    }

    private static void Call(string call)
    {
        Tensor States(long channels = 4, long width = 4) => zeros(2, channels, 4, width);
        Tensor Tokens(long width) => zeros(2, 3, width);
        var labels = tensor(new long[] { 0, 5 });
        switch (call)
        {
            case "states of three axes": Predict("plain", zeros(4, 4, 4)); break;
            case "states of doubles": Predict("plain", States().to(ScalarType.Float64)); break;
            case "too many channels": Predict("plain", States(5)); break;
            case "something concatenated": Predict("plain", States(), new(Concatenated: zeros(2, 1, 4, 4))); break;
            case "concatenated of another size": Predict("plain", States(), new(Concatenated: zeros(2, 1, 8, 8))); break;
            case "odd sides": Predict("plain", States(width: 5)); break;
            case "one time for two rows": Predict("plain", States(), times: zeros(1)); break;
            case "no context": Predict("context", States()); break;
            case "context of another width": Predict("context", States(), new(Tokens(11))); break;
            case "context it does not take": Predict("plain", States(), new(Tokens(12))); break;
            case "no labels": Predict("labels", States()); break;
            case "labels of floats": Predict("labels", States(), new(Labels: zeros(2))); break;
            case "labels it does not know": Predict("labels", States(), new(Labels: labels)); break;
            case "no vectors": Predict("vectors", States()); break;
            default: Predict("vectors", States(), new(Vectors: zeros(2, 7))); break;
        }
    }

    private static void Predict(string kind, Tensor states, UNetConditions? conditions = null, Tensor? times = null)
    {
        using var network = SmallUNets.Build(kind);
        network.Predict(states, times ?? zeros(2), conditions ?? UNetConditions.None);
    }
}
