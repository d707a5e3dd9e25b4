using System.Diagnostics.CodeAnalysis;
using LdmMl.Models;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LdmMl.Extensions;

/// <summary>Adds a latent diffusion model to the services of an application.</summary>
[Experimental(ExperimentalInterface.Id, UrlFormat = ExperimentalInterface.Page)]
public static class LatentDiffusionServices
{
    /// <summary>
    /// Adds a model that is opened once, at its first use, and closed with the provider. It is registered as the singletons
    /// <see cref="LatentDiffusionModel"/>, <see cref="LatentDiffusionImageGenerator"/> and <see cref="IImageGenerator"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options, at least <see cref="LatentDiffusionOptions.Model"/>.</param>
    /// <returns>The services.</returns>
    /// <exception cref="InvalidOperationException">The method was already called: it registers only one model.</exception>
    /// <remarks>
    /// The options are checked when the host starts; to open the model at that time too, resolve it from the provider. For a second
    /// model, add a keyed <see cref="LatentDiffusionImageGenerator"/> of your own.
    /// </remarks>
    /// <example>
    /// <code>
    /// using Microsoft.Extensions.AI;
    /// using Microsoft.Extensions.DependencyInjection;
    /// var services = new ServiceCollection();
    /// services.AddLatentDiffusion(options =&gt; options.Model = "emoji");
    /// using var provider = services.BuildServiceProvider();
    /// var response = await provider.GetRequiredService&lt;IImageGenerator&gt;().GenerateImagesAsync("Flags");
    /// </code>
    /// </example>
    public static IServiceCollection AddLatentDiffusion(this IServiceCollection services, Action<LatentDiffusionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        AddOptions(services).Configure(configure);
        return services;
    }

    /// <summary>Adds a model with options from configuration; otherwise as the overload with a function.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section with <see cref="LatentDiffusionOptions"/>; unknown keys are refused when the host starts.</param>
    /// <returns>The services.</returns>
    /// <exception cref="InvalidOperationException">The method was already called: it registers only one model.</exception>
    /// <example>
    /// <code>
    /// using Microsoft.Extensions.Configuration;
    /// using Microsoft.Extensions.DependencyInjection;
    /// var settings = new ConfigurationBuilder().AddInMemoryCollection([new("LatentDiffusion:Model", "emoji")]).Build();
    /// var services = new ServiceCollection().AddLatentDiffusion(settings.GetSection("LatentDiffusion"));
    /// </code>
    /// </example>
    public static IServiceCollection AddLatentDiffusion(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        AddOptions(services).Bind(section, binder => binder.ErrorOnUnknownConfiguration = true);
        return services;
    }

    private static OptionsBuilder<LatentDiffusionOptions> AddOptions(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(LatentDiffusionImageGenerator) && !service.IsKeyedService))
        {
            throw new InvalidOperationException(
                $"{nameof(AddLatentDiffusion)} was already called. For a second model, add a keyed {nameof(LatentDiffusionImageGenerator)}; "
                + $"to change the existing options, use Configure<{nameof(LatentDiffusionOptions)}>.");
        }

        services.AddSingleton<IValidateOptions<LatentDiffusionOptions>, LatentDiffusionOptionsValidator>();
        services.AddSingleton(provider => Open(OptionsOf(provider)));
        services.AddSingleton(provider => new LatentDiffusionImageGenerator(provider.GetRequiredService<LatentDiffusionModel>(), OptionsOf(provider)));
        services.AddSingleton<IImageGenerator>(provider => provider.GetRequiredService<LatentDiffusionImageGenerator>());
        return services.AddOptions<LatentDiffusionOptions>().ValidateOnStart();
    }

    private static LatentDiffusionOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<LatentDiffusionOptions>>().Value;

    /// <exception cref="CheckpointException">A file is missing, damaged or not supported.</exception>
    private static LatentDiffusionModel Open(LatentDiffusionOptions options)
    {
        var model = LatentDiffusionModel.Load(options.Model, new LatentDiffusionLoadOptions { ConfigPath = options.ConfigPath });
        if (options.Loras.Count > 0)
            model = Instead(model, open => open.WithLoras([.. options.Loras.Select(lora => new WeightedLora(lora.Path, lora.Weight))]));
        foreach (var word in options.Embeddings)
            model = Instead(model, open => open.WithEmbedding(word));
        return Instead(model, open => open.To(DeviceChoice.Choose(open.Device, options.GpuDeviceId, options.FallbackToCpu), options.Precision));
    }

    private static LatentDiffusionModel Instead(LatentDiffusionModel model, Func<LatentDiffusionModel, LatentDiffusionModel> open)
    {
        using (model)
            return open(model);
    }
}
