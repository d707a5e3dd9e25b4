using Microsoft.OpenApi;

namespace ImageService.Web;

/// <summary>Describes in the OpenAPI document what endpoints read and write themselves.</summary>
internal static class OpenApiBodies
{
    /// <summary>The body is an image file.</summary>
    public static RouteHandlerBuilder WithImageBody(this RouteHandlerBuilder route) => route.WithBody("image/*", File());

    /// <summary>The body is a form with two image files.</summary>
    public static RouteHandlerBuilder WithFormOfTwo(this RouteHandlerBuilder route) => route.WithBody("multipart/form-data", new OpenApiSchema
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema> { ["reference"] = File(), ["candidate"] = File() },
        Required = new HashSet<string> { "reference", "candidate" },
    });

    /// <summary>Answers that are not JSON are files and texts, whatever the type of the JSON is.</summary>
    public static RouteHandlerBuilder WithFileAnswers(this RouteHandlerBuilder route) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        foreach (var (type, content) in operation.Responses!["200"].Content!)
        {
            if (type != Representation.Json)
                content.Schema = type == Representation.Png ? File() : new OpenApiSchema { Type = JsonSchemaType.String };
        }

        return Task.CompletedTask;
    });

    private static RouteHandlerBuilder WithBody(this RouteHandlerBuilder route, string type, OpenApiSchema schema) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { [type] = new() { Schema = schema } },
            };
            return Task.CompletedTask;
        });

    private static OpenApiSchema File() => new() { Type = JsonSchemaType.String, Format = "binary" };
}
