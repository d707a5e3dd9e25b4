using ImageService.Engines;
using ImageService.Queue;
using ImageService.Requests;
using LdmMl;

namespace ImageService.Web;

/// <summary><c>POST /reconstruct</c> and <c>POST /score</c>: what prediction engines compute from images that clients send.</summary>
internal sealed class PicturesEndpoints(ServedModel served, Reception reception)
{
    /// <summary>Reconstructs an image, which is the body of the request.</summary>
    public async Task<IResult> Reconstruct(HttpContext context)
    {
        var engines = served.Engines;
        var type = Representation.Choose(context.Request, Representation.Png, Representation.Json);
        using var image = await Uploads.ReadBody(context.Request, ImageEngines.SmallestSide, served.Description.MaximumPixels);
        using var reconstruction = await reception.Accept(() => engines.Reconstruct(image), context.RequestAborted);
        var png = reconstruction.Image.ToPng();
        return type == Representation.Png
            ? TypedResults.Bytes(png, Representation.Png)
            : TypedResults.Json(new ReconstructionAnswer(image.Width, image.Height, reconstruction.Psnr, reconstruction.Ssim, png));
    }

    /// <summary>Compares two images, which are the files of a form.</summary>
    public async Task<Scores> Score(HttpContext context)
    {
        var engines = served.Engines;
        var (reference, candidate) = await Uploads.ReadPair(context.Request, engines.SmallestPairSide, served.Description.MaximumPixels);
        using (reference)
        using (candidate)
            return await reception.Accept(() => engines.Score(reference, candidate), context.RequestAborted);
    }
}
