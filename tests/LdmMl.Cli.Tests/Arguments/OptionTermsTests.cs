using System.CommandLine;
using System.Reflection;
using LdmMl.Cli.Arguments;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Tests.Arguments;

/// <summary>Refusals of the libraries use the tool's names, and plain words if no option has the member's name.</summary>
public class OptionTermsTests
{
    private const BindingFlags Anywhere = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    private static readonly object[] Records =
    [
        new AutoencoderTrainingOptions(), new DiffusionTrainingOptions(), new AdversarialTrainingOptions(), new DiffusionLossOptions(),
        new NoiseScheduleConfig(), new GenerationSettings(), new SamplingSettings { Sampler = new DdimSampler() },
        new UNetConfig { BaseChannels = 32, InputChannels = 4, OutputChannels = 4 },
        new KlAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1, 2], LatentChannels = 4 },
        new VqAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1, 2], LatentChannels = 4, CodebookSize = 16 }, .. SamplerRegistry.Names.Select(SamplerRegistry.Create),
    ];

    [Fact]
    public void No_refusal_of_any_value_of_any_option_names_a_member_of_CSharp()
    {
        (string Sentence, IReadOnlyList<string> Names)[] sentences = [.. Records.SelectMany(Refusals).Select(text => (text, PlainWords.NamesIn(text)))];

        Assert.True(sentences.Length > 100, $"Only {sentences.Length} values were refused.");
        Assert.Empty(sentences.Where(sentence => sentence.Names.Count > 0).Select(sentence => $"{string.Join(", ", sentence.Names)}: {sentence.Sentence}"));
    }

    [Fact]
    public void Names_in_a_requirement_are_those_of_the_options()
    {
        var terms = new OptionTerms { { "Steps", new Option<int?>("--steps") }, { "Eta", new Option<double>("--eta") } };
        var error = Check.Refuse("Eta", 2.0, $"with {nameof(SamplingSettings.Steps)} it must be {Prediction.Velocity}, or {Wording.Nothing} for none");

        Assert.Equal("Eta is 2; with Steps it must be Velocity, or null for none.", error.Message);
        Assert.Equal("--eta is 2; with --steps it must be velocity, or 0 for none.", terms.Sentence(error));
    }

    [Fact]
    public void Null_means_leaving_the_option_out_and_a_member_without_an_option_is_named_in_words()
    {
        var terms = new OptionTerms { { "Steps", new Option<int?>("--steps") } };

        Assert.Equal("--steps is 0; it must be above 0, or left out.", terms.Sentence(Check.Refuse("Steps", 0, $"it must be above 0, or {Wording.Nothing}")));
        Assert.Equal(
            "The value of norm groups is 3; it must divide base channels.",
            terms.Sentence(Check.Refuse("NormGroups", 3, $"it must divide {nameof(UNetConfig.BaseChannels)}")));
    }

    [Fact]
    public void Advice_for_programs_only_is_left_out()
    {
        var error = WordedException.Of(
            $"put it there{Wording.ForCode($", or name it in {nameof(AutoencoderLoadOptions.ConfigPath)}")}.", reason => new CheckpointException("x.ckpt", reason));

        Assert.Equal("Checkpoint 'x.ckpt': put it there, or name it in ConfigPath.", error.Message);
        Assert.Equal("Checkpoint 'x.ckpt': put it there.", OptionTerms.Sentence(error));
    }

    private static IEnumerable<string> Refusals(object record) =>
        from property in record.GetType().GetProperties()
        where property.SetMethod is not null
        from value in BadValues(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType)
        let sentence = Refusal(record, property, value)
        where sentence is not null
        select sentence;

    private static IEnumerable<object> BadValues(Type type)
    {
        if (type == typeof(int))
            return [-1, 0, 7, int.MaxValue];
        if (type == typeof(double))
            return [-1.0, 0.0, 1.0, 2.0, double.NaN];
        if (type.IsEnum)
            return [Enum.ToObject(type, 99), .. Enum.GetValues(type).Cast<object>()];
        return type == typeof(string) ? [""] : type.IsAssignableFrom(typeof(int[])) ? [Array.Empty<int>(), new[] { 0 }, new[] { 3, -1 }] : type == typeof(bool) ? [true, false] : [];
    }

    private static string? Refusal(object record, PropertyInfo property, object value)
    {
        var copy = record.GetType().GetMethod("<Clone>$", Anywhere)!.Invoke(record, null)!;
        property.SetValue(copy, value);
        try
        {
            Validate(copy);
            return null;
        }
        catch (Exception error)
        {
            return OptionTerms.Sentence(error is TargetInvocationException { InnerException: { } inner } ? inner : error);
        }
    }

    private static void Validate(object record)
    {
        if (record is ISampler sampler)
            sampler.Validate();
        else if (record is GenerationSettings settings)
            ConditionRules.Apply(Nothing, settings, Conditioning.None);
        else
            record.GetType().GetMethod("Validate", Anywhere, [])!.Invoke(record, null);
    }

    private static GivenInputs Nothing { get; } = new()
    {
        Labels = new("Labels", null), Context = new("Context", null), UnconditionalContext = new("UnconditionalContext", null),
        InitialImages = new("InitialImages", null), Masks = new("Masks", null), LowResolutionImages = new("LowResolutionImages", null),
    };
}
