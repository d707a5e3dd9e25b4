using LdmMl;
using LdmMl.Torch.Arguments;
using Microsoft.ML.Data;

namespace ImageService.Web;

/// <summary>Reads images that clients send. The number of pixels is checked from the header of the file, before any of them is decoded.</summary>
internal static class Uploads
{
    /// <summary>Reads the body of a request, which is an image file. The caller disposes the image.</summary>
    /// <param name="request">The request.</param>
    /// <param name="smallestSide">The least width and height.</param>
    /// <param name="maximumPixels">The most pixels, width times height.</param>
    /// <exception cref="OptionException">The image is too small.</exception>
    /// <exception cref="BadHttpRequestException">The body is not sent as an image, or is too long.</exception>
    /// <exception cref="ImageFileException">It is not an image, or too large.</exception>
    public static async Task<MLImage> ReadBody(HttpRequest request, int smallestSide, long maximumPixels)
    {
        if (request.ContentType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) != true)
        {
            throw new BadHttpRequestException(
                "Send the image file as the body, with its type in the header Content-Type, such as image/png.",
                StatusCodes.Status415UnsupportedMediaType);
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return Decode(body, "body", smallestSide, maximumPixels);
    }

    /// <summary>Reads the two image files of a form. The caller disposes the images.</summary>
    /// <inheritdoc cref="ReadBody"/>
    /// <exception cref="OptionException">A file is missing or too small, one has another name, or the images differ in size.</exception>
    /// <exception cref="ImageFileException">A file is not an image, or too large.</exception>
    public static async Task<(MLImage Reference, MLImage Candidate)> ReadPair(HttpRequest request, int smallestSide, long maximumPixels)
    {
        if (!request.HasFormContentType)
        {
            throw new BadHttpRequestException(
                "Send two files, reference and candidate, as multipart/form-data.", StatusCodes.Status415UnsupportedMediaType);
        }

        var form = await ReadForm(request);
        foreach (var name in form.Keys.Concat(form.Files.Select(file => file.Name)))
            Require(name is "reference" or "candidate", name, given: null, "there is no such field; send the files reference and candidate");
        var reference = await Read(form.Files, "reference", smallestSide, maximumPixels);
        try
        {
            var candidate = await Read(form.Files, "candidate", smallestSide, maximumPixels);
            var (wanted, given) = ($"{reference.Width}x{reference.Height}", $"{candidate.Width}x{candidate.Height}");
            if (wanted == given)
                return (reference, candidate);
            candidate.Dispose();
            throw new OptionException("candidate", given, $"it must have the size of the reference, {wanted}");
        }
        catch
        {
            reference.Dispose();
            throw;
        }
    }

    private static async Task<IFormCollection> ReadForm(HttpRequest request)
    {
        try
        {
            return await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception error) when (error is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The form is malformed or has too many parts; send two files, reference and candidate.", error);
        }
    }

    private static async Task<MLImage> Read(IFormFileCollection files, string name, int smallestSide, long maximumPixels)
    {
        var given = files.GetFiles(name);
        Require(given.Count == 1, name, given.Count, "send one file of this name");
        using var content = new MemoryStream();
        await given[0].CopyToAsync(content);
        return Decode(content, name, smallestSide, maximumPixels);
    }

    private static MLImage Decode(MemoryStream file, string name, int smallestSide, long maximumPixels)
    {
        var image = ImageFile.Decode(file.GetBuffer().AsSpan(0, (int)file.Length), name, maximumPixels);
        if (image.Width >= smallestSide && image.Height >= smallestSide)
            return image;
        var size = $"{image.Width}x{image.Height}";
        image.Dispose();
        throw new OptionException(name, size, $"both sides must have at least {smallestSide} pixels");
    }

    private static void Require(bool holds, string member, object? given, string requirement)
    {
        if (!holds)
            throw new OptionException(member, given, requirement);
    }
}
