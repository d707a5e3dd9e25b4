using Microsoft.OpenApi;

namespace ImageService.Tests;

public class OpenApiTests(LabelService fixture) : IClassFixture<LabelService>
{
    [Fact]
    public async Task The_document_is_valid_and_describes_every_address()
    {
        var text = await fixture.Service.Client.GetStringAsync("/openapi.json");

        var read = OpenApiDocument.Parse(text, "json");

        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        var paths = read.Document!.Paths;
        Assert.Equal(["/images", "/model", "/reconstruct", "/score"], paths.Keys.Order(StringComparer.Ordinal));
        var images = paths["/images"].Operations![HttpMethod.Post];
        Assert.Equal(["200", "400", "403", "406", "413", "415", "429", "503"], images.Responses!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["application/json", "image/png", "text/event-stream"], images.Responses["200"].Content!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("binary", images.Responses["200"].Content!["image/png"].Schema!.Format);
        var members = images.RequestBody!.Content!["application/json"].Schema!.Properties!;
        string[] expected = ["guidanceScale", "height", "label", "previews", "prompt", "seed", "steps", "width"];
        Assert.Equal(expected, members.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("multipart/form-data", paths["/score"].Operations![HttpMethod.Post].RequestBody!.Content!.Keys);
        Assert.Contains("image/*", paths["/reconstruct"].Operations![HttpMethod.Post].RequestBody!.Content!.Keys);
    }
}
