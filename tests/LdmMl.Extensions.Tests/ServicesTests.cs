using LdmMl.Torch.Generation;
using LdmMl.Torch.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LdmMl.Extensions.Tests;

/// <summary>A model as a service of an application.</summary>
public class ServicesTests
{
    [Fact]
    public async Task A_model_is_opened_once_and_closed_with_the_provider()
    {
        LatentDiffusionModel model;
        LatentDiffusionImageGenerator generator;
        using (var provider = Services(options => (options.Model, options.Steps) = (TestModels.Emoji, 1)).BuildServiceProvider())
        {
            var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => provider.GetRequiredService<IImageGenerator>())));
            generator = provider.GetRequiredService<LatentDiffusionImageGenerator>();
            model = provider.GetRequiredService<LatentDiffusionModel>();

            Assert.All(all, one => Assert.Same(generator, one));
            Assert.Equal(["emoji-ldm"], all.Select(one => one.GetService<ImageGeneratorMetadata>()!.DefaultModelId).Distinct());
            Assert.Single((await generator.GenerateImagesAsync("Flags")).Contents);
        }

        Assert.Throws<ObjectDisposedException>(model.Share);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => generator.GenerateImagesAsync("Flags"));
    }

    [Fact]
    public void Options_come_from_configuration_and_can_be_changed_in_code()
    {
        var configuration = Configuration(
            ("Model", TestModels.Emoji), ("Precision", "BFloat16"), ("Steps", "5"), ("GuidanceScale", "2"), ("MaximumCount", "3"), ("ModelId", "signs"));
        var services = new ServiceCollection().AddLatentDiffusion(configuration).Configure<LatentDiffusionOptions>(options => options.Steps = 6);
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<LatentDiffusionOptions>>().Value;

        Assert.Equal((6, 2.0, 3), (options.Steps, options.GuidanceScale, options.MaximumCount));
        Assert.Equal(ModelPrecision.BFloat16, provider.GetRequiredService<LatentDiffusionModel>().Precision);
        Assert.Equal("signs", provider.GetRequiredService<IImageGenerator>().GetService<ImageGeneratorMetadata>()!.DefaultModelId);
    }

    [Fact]
    public void The_model_has_the_LoRA_and_textual_inversion_files_of_the_options()
    {
        using var folder = new TemporaryFolder();
        var lora = SmallAdapters.WriteLora(folder.File("ink.safetensors"));
        var word = SmallAdapters.WriteEmbedding(folder.File("toy.safetensors"));
        var configuration = Configuration(
            ("Model", SmallAdapters.Model), ("Loras:0:Path", lora), ("Loras:0:Weight", "0.5"), ("Embeddings:0", word));
        using var provider = new ServiceCollection().AddLatentDiffusion(configuration).BuildServiceProvider();

        var model = provider.GetRequiredService<LatentDiffusionModel>();

        var merged = Assert.Single(model.Loras);
        Assert.Equal((lora, 0.5), (merged.Path, merged.Weight));
        Assert.Equal([SmallAdapters.Word], model.Words);
    }

    [Fact]
    public async Task A_host_with_invalid_options_does_not_start_and_every_fault_is_named()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLatentDiffusion(options =>
        {
            (options.Model, options.Steps, options.GuidanceScale, options.BatchSize) = ("no/such/model", 0, double.NaN, 0);
            (options.MaximumCount, options.MaximumPixels, options.GpuDeviceId, options.Precision) = (0, 0, -1, (ModelPrecision)9);
            options.ConfigPath = "no.yaml";
            options.Embeddings.Add("no.pt");
            options.Loras.Add(new LoraFile { Path = "no.safetensors", Weight = double.PositiveInfinity });
        });
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(
            [
                "Model is 'no/such/model'; there is no such file or folder.",
                "ConfigPath is 'no.yaml'; there is no such file.",
                "Loras has 'no.safetensors'; there is no such file.",
                "Loras has 'no.safetensors' with the weight Infinity; it must be a finite number.",
                "Embeddings has 'no.pt'; there is no such file.",
                "GpuDeviceId is -1; it must be the number of a GPU, from 0, or not be set.",
                "Precision is 9; it must be one of Float32, BFloat16.",
                "Steps is 0; it must be at least 1.",
                "GuidanceScale is NaN; it must be at least 0.",
                "MaximumCount is 0; it must be at least 1.",
                "MaximumPixels is 0; it must be at least 1.",
                "BatchSize is 0; it must be at least 1.",
            ],
            error.Failures);
    }

    [Fact]
    public async Task An_unknown_configuration_key_is_refused_when_the_host_starts()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLatentDiffusion(Configuration(("Model", TestModels.Emoji), ("Stepps", "5")));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("'Stepps'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_model_is_refused_before_anything_is_opened()
    {
        using var provider = Services(_ => { }).BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IImageGenerator>());

        Assert.Equal("Model is empty; name an installed model, a folder in diffusers' layout, or a checkpoint file.", error.Message);
    }

    [Fact]
    public void A_second_call_is_refused_instead_of_mixing_two_models()
    {
        var services = Services(options => options.Model = "emoji");

        var error = Assert.Throws<InvalidOperationException>(() => services.AddLatentDiffusion(options => options.Model = "other"));

        Assert.StartsWith("AddLatentDiffusion was already called.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_around_the_generator_and_a_second_keyed_generator_can_be_registered()
    {
        var services = Services(options => (options.Model, options.Steps) = (TestModels.Emoji, 1));
        services.AddImageGenerator(provider => provider.GetRequiredService<LatentDiffusionImageGenerator>()).UseOpenTelemetry();
        services.AddKeyedImageGenerator("small", _ => TestModels.OpenSmall("labels"));
        using var provider = services.BuildServiceProvider();

        var wrapped = provider.GetRequiredService<IImageGenerator>();

        Assert.IsType<OpenTelemetryImageGenerator>(wrapped);
        Assert.Single((await wrapped.GenerateImagesAsync("Flags")).Contents);
        Assert.Single((await provider.GetRequiredKeyedService<IImageGenerator>("small").GenerateImagesAsync("cat")).Contents);
    }

    private static IServiceCollection Services(Action<LatentDiffusionOptions> configure) => new ServiceCollection().AddLatentDiffusion(configure);

    private static IConfiguration Configuration(params (string Key, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(value => new KeyValuePair<string, string?>($"LatentDiffusion:{value.Key}", value.Value)))
        .Build().GetSection("LatentDiffusion");
}
