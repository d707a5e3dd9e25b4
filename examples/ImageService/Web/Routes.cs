using ImageService.Requests;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Mvc;

namespace ImageService.Web;

/// <summary>The addresses of the service.</summary>
internal static class Routes
{
    private const int LargestJson = 64 << 10;
    private const string Problem = "application/problem+json";

    public static void MapRoutes(this WebApplication application, ServiceOptions options)
    {
        var images = application.Services.GetRequiredService<ImagesEndpoint>();
        var pictures = application.Services.GetRequiredService<PicturesEndpoints>();
        application.MapPost("/images", images.Post).WithName("createImage")
            .WithSummary("Generates an image from a label or a prompt, as PNG, as JSON, or as server-sent events with its progress and previews.")
            .WithTags("Generation").WithMetadata(new RequestSizeLimitAttribute(LargestJson))
            .Produces<ImageAnswer>(StatusCodes.Status200OK, Representation.Json, Representation.Png, Representation.Events).WithFileAnswers()
            .Refuses(400, 403, 406, 413, 415, 429, 503);
        application.MapPost("/reconstruct", (Delegate)pictures.Reconstruct).WithName("reconstructImage")
            .WithSummary("Encodes and decodes the image in the body with the model's first stage, and returns it as PNG or as JSON with its scores.")
            .WithTags("Images").WithMetadata(new RequestSizeLimitAttribute(options.MaximumBodyBytes))
            .WithImageBody()
            .Produces<ReconstructionAnswer>(StatusCodes.Status200OK, Representation.Json, Representation.Png).WithFileAnswers()
            .Refuses(400, 403, 406, 413, 415, 429, 503);
        application.MapPost("/score", (Delegate)pictures.Score).WithName("scoreImages")
            .WithSummary("Compares two images of one size: the files reference and candidate.")
            .WithTags("Images").WithMetadata(new RequestSizeLimitAttribute(options.MaximumBodyBytes))
            .WithFormOfTwo()
            .Refuses(400, 403, 413, 415, 429, 503);
        application.MapGet("/model", (ServedModel served) => served.Description).WithName("describeModel")
            .WithTags("Generation").WithSummary("Describes what the model takes, and the limits of requests.").Refuses(503);
        application.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        application.MapHealthChecks("/health/ready");
        application.MapOpenApi("/openapi.json");
    }

    private static void Refuses(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses)
            route.Produces<ProblemDetails>(status, Problem);
    }
}
