using System.Text.Json;
using System.Text.Json.Serialization;
using ImageService.Queue;
using ImageService.Web;
using LdmMl.Extensions;
using LdmMl.Torch.Native;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ImageService;

/// <summary>Puts the service together: settings, model, queue, endpoints, telemetry.</summary>
internal static class ImageApplication
{
    private const string Library = "LdmMl";   // the name of the library's meter and activity source

    /// <summary>Builds the service; it listens when it is started.</summary>
    /// <param name="arguments">Settings, as <c>--NAME=VALUE</c>; they replace those of <c>appsettings.json</c>.</param>
    /// <param name="change">Changes services before they are built; null for nothing.</param>
    public static WebApplication Create(string[] arguments, Action<IServiceCollection>? change = null)
    {
        TorchRuntime.KeepFreedMemory();
        var builder = WebApplication.CreateBuilder(arguments);
        builder.WebHost.ConfigureKestrel(server => server.AddServerHeader = false);
        AddModel(builder);
        AddWeb(builder.Services);
        AddTelemetry(builder);
        builder.Services.AddSingleton(services => new WorkQueue(services.GetRequiredService<IOptions<ServiceOptions>>().Value.QueueCapacity))
            .AddSingleton<QueueTelemetry>().AddSingleton<Pace>().AddSingleton<Reception>().AddSingleton<ServedModel>().AddHostedService<Worker>();
        change?.Invoke(builder.Services);
        var application = builder.Build();
        Use(application);
        return application;
    }

    // Paths of models are relative to the folder of the settings, wherever the service is started.
    private static void AddModel(WebApplicationBuilder builder)
    {
        var folder = builder.Environment.ContentRootPath;
        builder.Services.AddLatentDiffusion(builder.Configuration.GetSection("LatentDiffusion"));
        builder.Services.PostConfigure<LatentDiffusionOptions>(options => options.Model = Found(options.Model)!);
        builder.Services.AddOptions<ServiceOptions>()
            .Bind(builder.Configuration.GetSection(ServiceOptions.Section), binder => binder.ErrorOnUnknownConfiguration = true)
            .PostConfigure(options => options.PerceptualModel = string.IsNullOrEmpty(options.PerceptualModel) ? null : Found(options.PerceptualModel))
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ServiceOptions>, ServiceOptionsValidator>();

        string? Found(string? path) =>
            !string.IsNullOrEmpty(path) && Path.Exists(Path.Combine(folder, path)) ? Path.GetFullPath(Path.Combine(folder, path)) : path;
    }

    private static void AddWeb(IServiceCollection services)
    {
        services.AddSingleton<Problems>().AddExceptionHandler<ProblemHandler>().AddSingleton<ImagesEndpoint>().AddSingleton<PicturesEndpoints>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.AllowDuplicateProperties = false;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        });

        // Uploads stay in memory, within the limit of the body: the service writes no file.
        services.AddOptions<FormOptions>().Configure<IOptions<ServiceOptions>>((form, service) =>
            (form.MemoryBufferThreshold, form.ValueCountLimit) = (service.Value.MaximumBodyBytes, 8));
        services.AddHealthChecks().AddCheck<ReadyCheck>("model");
        services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            (document.Info.Title, document.Info.Version, document.Servers) = ("Images by latent diffusion", "1", []);
            return Task.CompletedTask;
        }));
    }

    // Sent to a collector if the usual variables of OpenTelemetry name one, such as OTEL_EXPORTER_OTLP_ENDPOINT.
    private static void AddTelemetry(WebApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter(Library, QueueTelemetry.Name).AddAspNetCoreInstrumentation())
            .WithTracing(traces => traces.AddSource(Library, QueueTelemetry.Name).AddAspNetCoreInstrumentation());
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
            telemetry.UseOtlpExporter();
    }

    private static void Use(WebApplication application)
    {
        var problems = application.Services.GetRequiredService<Problems>();
        application.UseSecurityHeaders(problems);
        application.UseExceptionHandler(_ => { });
        application.UseStatusCodePages(context => problems.Send(context.HttpContext, Problems.Of(context.HttpContext.Response.StatusCode)));
        application.UseDefaultFiles();
        application.UseStaticFiles();
        application.MapRoutes(application.Services.GetRequiredService<IOptions<ServiceOptions>>().Value);
    }
}
