using System.CommandLine;
using System.Globalization;
using LdmMl.Cli.Commands;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Cli.Tests.Generating;

/// <summary>What a sampler knows can be set by <c>--sampler-option</c>, and is kept by a model that is saved with it.</summary>
public sealed class SamplerOptionTests
{
    private static readonly NoiseScheduleConfig Schedule = new() { Steps = 50 };

    public static TheoryData<string> Names => [.. SamplerRegistry.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_option_of_a_sampler_is_set_from_the_command_line_and_kept_in_its_file(string sampler)
    {
        var usual = new SamplingSettings { Sampler = SamplerRegistry.Create(sampler), Steps = 8 };
        var options = RecordOption.Of(usual.Sampler.GetType()).Select(option => (Option: option, IsOfSampler: true))
            .Concat(RecordOption.Of(typeof(SamplingSettings)).Where(option => option.Name.StartsWith("Details.", StringComparison.Ordinal)
                || option.Name is nameof(usual.ClipRange) or nameof(usual.DynamicThresholdRatio) or nameof(usual.DynamicThresholdMaximum))
                .Select(option => (Option: option, IsOfSampler: false)));
        var listed = SamplerRegistry.OptionsOf(usual);

        Assert.Equal(listed, options.Select(option => option.Option.Name));
        foreach (var (option, isOfSampler) in options)
        {
            var before = option.ValueOf(isOfSampler ? usual.Sampler : usual);
            var (settings, text) = Another(usual, option, isOfSampler)
                ?? throw new Xunit.Sdk.XunitException($"No value of {option.Name} but {Text(before)} was taken.");

            Assert.True(OptionName.AreSame(text, Text(option.ValueOf(isOfSampler ? settings.Sampler : settings))), $"{option.Name} is not {text}.");
            Assert.True(StoredSampling.AreEqual(settings, SavedAndRead(settings)), $"{option.Name}={text} is lost when a model is saved.");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_option_that_a_sampler_does_not_know_is_refused_by_name(string sampler)
    {
        var error = Assert.Throws<ArgumentException>(() => Read(new SamplingSettings(), $"--sampler {sampler} --sampler-option tea=1"));
        Assert.Contains("there is no tea; the options are ", error.Message, StringComparison.Ordinal);
    }

    // The first value that differs, and fits the sampler.
    private static (SamplingSettings Settings, string Text)? Another(SamplingSettings usual, RecordOption option, bool isOfSampler)
    {
        var before = option.ValueOf(isOfSampler ? usual.Sampler : usual);
        foreach (var text in Values(option, before).Where(text => !OptionName.AreSame(text, Text(before))))
        {
            try
            {
                return (Read(usual, $"--sampler-option {option.Name}={text}"), text);
            }
            catch (ArgumentException)
            {
                // Another one may fit.
            }
        }

        return null;
    }

    private static string[] Values(RecordOption option, object? before) => before switch
    {
        bool => ["true", "false"],
        Enum value => Enum.GetNames(value.GetType()),
        System.Collections.IEnumerable => ["1", "0,1"],
        _ when option.Name.EndsWith("Grid", StringComparison.Ordinal) => Enum.GetNames<SamplingGrid>(),
        _ when option.Name.EndsWith("End", StringComparison.Ordinal) => Enum.GetNames<SamplingEnd>(),
        _ when option.Name.EndsWith("Rounding", StringComparison.Ordinal) => Enum.GetNames<TimeRounding>(),
        _ => ["1", "2", "3", "0", "0.5", "0.25", "20"],
    };

    private static SamplingSettings Read(SamplingSettings usual, string words)
    {
        var command = new Command("generate");
        foreach (var option in SamplerOptions.All)
            command.Options.Add(option);
        return SamplerOptions.Read(command.Parse(words), usual, Schedule, strength: 1);
    }

    private static SamplingSettings SavedAndRead(SamplingSettings settings)
    {
        using var file = new MemoryStream();
        new DiffusersScheduler(Schedule, Prediction.Epsilon, settings).Write(file);
        file.Position = 0;
        return DiffusersScheduler.Read(file).Sampling with { Steps = settings.Steps };
    }

    private static string Text(object? value) => value is IEnumerable<int> numbers
        ? string.Join(',', numbers) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
