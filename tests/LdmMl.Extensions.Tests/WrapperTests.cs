using System.Diagnostics;
using LdmMl.Torch.Generation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace LdmMl.Extensions.Tests;

/// <summary>The wrappers of Microsoft.Extensions.AI around the generator.</summary>
public class WrapperTests
{
    [Fact]
    public async Task Logging_and_telemetry_see_requests_images_and_failures()
    {
        var lines = new List<string>();
        using var logger = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(new Lines(lines)));
        var activities = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "test", Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var generator = TestModels.OpenSmall("labels", new LatentDiffusionOptions { Steps = 2, ModelId = "small" })
            .AsBuilder()
            .ConfigureOptions(options => options.AdditionalProperties = new(options.AdditionalProperties ?? []) { ["Steps"] = 3 })
            .UseLogging(logger)
            .UseOpenTelemetry(logger, "test")
            .Build();

        var response = await generator.GenerateImagesAsync("cat", new ImageGenerationOptions { AdditionalProperties = new() { ["Seed"] = 1 } });
        await Assert.ThrowsAsync<Torch.Arguments.OptionException>(() => generator.GenerateImagesAsync("cow"));

        using var model = SmallDiffusion.Create("labels");
        using var expected = model.Generate("cat", seed: 1, new GenerationSettings { Sampling = model.Config.Sampling with { Steps = 3 } });
        Assert.Equal(expected.ToPng(), ((DataContent)response.Contents[0]).Data.ToArray());
        Assert.Contains(lines, line => line.Contains("GenerateAsync invoked", StringComparison.Ordinal) && line.Contains("cat", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("GenerateAsync completed", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("the prompt must be one of the model's labels", StringComparison.Ordinal));
        Assert.Equal(2, activities.Count);
        Assert.Equal(("ldmml", "small"), (activities[0].GetTagItem("gen_ai.provider.name"), activities[0].GetTagItem("gen_ai.request.model")));
        Assert.Equal(ActivityStatusCode.Error, activities[1].Status);
    }

    [Fact]
    public void The_generator_its_metadata_and_its_model_are_found_through_a_wrapper()
    {
        using var generator = TestModels.OpenSmall("labels", new LatentDiffusionOptions { Model = "/models/small", Steps = 2 });
        using var wrapped = generator.AsBuilder().UseOpenTelemetry().Build();

        Assert.Same(generator, wrapped.GetService<LatentDiffusionImageGenerator>());
        Assert.Equal(["cat", "dog", "überfrog"], ((LabelConditioning)wrapped.GetRequiredService<LatentDiffusionModel>().Config.Conditioning).Names);
        var metadata = wrapped.GetRequiredService<ImageGeneratorMetadata>();
        Assert.Equal(("ldmml", null, "small"), (metadata.ProviderName, metadata.ProviderUri, metadata.DefaultModelId));
        Assert.Null(wrapped.GetService<LatentDiffusionImageGenerator>("key"));
        Assert.Null(generator.GetService(typeof(string)));
    }

    private sealed class Lines(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add($"{formatter(state, exception)} {exception?.Message}");

        public void Dispose()
        {
        }
    }
}
