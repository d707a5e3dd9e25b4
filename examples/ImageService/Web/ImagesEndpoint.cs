using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ImageService.Queue;
using ImageService.Requests;
using LdmMl;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace ImageService.Web;

/// <summary><c>POST /images</c>: an image, as PNG, as JSON, or as events that report its progress first.</summary>
internal sealed class ImagesEndpoint(ServedModel served, Reception reception, IOptions<JsonOptions> json, ILogger<ImagesEndpoint> logger)
{
    public const string SeedHeader = "Image-Seed";

    public async Task<IResult> Post(ImageRequest request, HttpContext context)
    {
        var order = ImageRequestReader.Read(request, served.Description);
        var type = Representation.Choose(context.Request, Representation.Png, Representation.Json, Representation.Events);
        var ahead = reception.Waiting;
        var work = reception.Accept(order, context.RequestAborted);
        if (type == Representation.Events)
            return TypedResults.ServerSentEvents(Events(work, ahead, context.RequestAborted));
        var png = await Png(work);
        context.Response.Headers[SeedHeader] = $"{order.Seed}";
        return type == Representation.Json ? TypedResults.Json(ImageAnswer.Of(order, png)) : TypedResults.Bytes(png, Representation.Png);
    }

    private static async Task<byte[]> Png(ImageWork work)
    {
        using var image = await work.Image;
        return image.ToPng();
    }

    // The answer has begun when something goes wrong, so that the problem is an event, too.
    private async IAsyncEnumerable<SseItem<string>> Events(ImageWork work, int ahead, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return Event("queued", new { ahead });
        await foreach (var progress in work.Reports.WithCancellation(cancellation))
            yield return progress.Preview is null ? Event("step", new { progress.Step, progress.Steps }) : Event("preview", progress);
        yield return await Last(work);
    }

    private async Task<SseItem<string>> Last(ImageWork work)
    {
        try
        {
            return Event("image", ImageAnswer.Of(work.Order, await Png(work)));
        }
        catch (Exception error) when (!work.IsAbandoned)
        {
            var problem = Problems.Of(error);
            if (problem.Status == StatusCodes.Status500InternalServerError)
                logger.LogError(error, "An image failed after its first event.");
            return Event("problem", problem);
        }
    }

    private SseItem<string> Event<T>(string type, T data) => new(JsonSerializer.Serialize(data, json.Value.SerializerOptions), type);
}
