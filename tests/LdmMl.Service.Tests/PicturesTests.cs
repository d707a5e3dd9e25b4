using System.Text.Json;
using LdmMl;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Metrics;
using Microsoft.ML.Data;

namespace ImageService.Tests;

/// <summary>The answers of <c>POST /reconstruct</c> and <c>POST /score</c>.</summary>
public class PicturesTests(LabelService fixture) : IClassFixture<LabelService>
{
    private readonly Service service = fixture.Service;

    [Fact]
    public async Task A_reconstruction_is_that_of_the_first_stage()
    {
        using var model = LatentDiffusionModel.Load(fixture.Model);
        using var original = ImageFile.Decode(Models.Photo);
        using var expected = model.Autoencoder.Reconstruct(original);

        using var response = await service.Send("/reconstruct", Models.Photo, "image/png");

        Assert.Equal("image/png", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(expected.ToPng(), await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_reconstruction_as_json_has_its_scores()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/reconstruct") { Content = new ByteArrayContent(Models.Photo) };
        request.Content.Headers.ContentType = new("image/png");
        request.Headers.Accept.ParseAdd("application/json");

        using var response = await service.Client.SendAsync(request);

        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        using var original = ImageFile.Decode(Models.Photo);
        using var made = ImageFile.Decode(answer.GetProperty("png").GetBytesFromBase64());
        Assert.Equal((original.Width, original.Height), (answer.GetProperty("width").GetInt32(), answer.GetProperty("height").GetInt32()));
        Assert.Equal((made.Width, made.Height), (original.Width, original.Height));
        Assert.InRange(answer.GetProperty("psnr").GetDouble(), 0, 60);
    }

    [Fact]
    public async Task Equal_images_have_no_distance()
    {
        var scores = await Score(Models.Photo, Models.Photo);

        Assert.Equal(JsonValueKind.Null, scores.GetProperty("psnr").ValueKind);
        Assert.Equal((1.0, 0.0), (scores.GetProperty("ssim").GetDouble(), scores.GetProperty("distance").GetDouble()));
    }

    [Fact]
    public async Task Different_images_have_the_scores_of_the_library()
    {
        using var first = Striped(20, 32, 3);
        using var second = Striped(20, 32, 4);

        var scores = await Score(first.ToPng(), second.ToPng());

        Assert.Equal(Psnr.Compute(Colours(first), Colours(second)), scores.GetProperty("psnr").GetDouble(), precision: 4);
        Assert.InRange(scores.GetProperty("distance").GetDouble(), 0.001, 10);
    }

    [Fact]
    public async Task Without_a_network_there_is_no_distance()
    {
        await using var plain = await Service.Start(fixture.Model, "Service:PerceptualModel=");
        using var response = await plain.Client.PostAsync("/score", Form(("reference", Models.Photo), ("candidate", Models.Photo)));

        var scores = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal((JsonValueKind.Null, 1.0), (scores.GetProperty("distance").ValueKind, scores.GetProperty("ssim").GetDouble()));
    }

    [Fact]
    public async Task Images_that_cannot_be_compared_are_refused()
    {
        using var large = Striped(20, 32, 3);
        using var small = Striped(6, 20, 3);

        Assert.Equal(
            "candidate is '20x32'; it must have the size of the reference, 64x64.",
            await Refused(("reference", Models.Photo), ("candidate", large.ToPng())));
        Assert.Equal(
            "reference is '6x20'; both sides must have at least 16 pixels.",
            await Refused(("reference", small.ToPng()), ("candidate", small.ToPng())));
        Assert.Equal("candidate is 0; send one file of this name.", await Refused(("reference", Models.Photo)));
        Assert.Equal("original is null; there is no such field; send the files reference and candidate.", await Refused(("original", Models.Photo)));
        Assert.Equal("reference is 2; send one file of this name.", await Refused(("reference", Models.Photo), ("reference", Models.Photo)));
        Assert.Equal(
            "The image 'candidate' is truncated: the file ends before the last row of pixels.",
            await Refused(("reference", Models.Photo), ("candidate", Models.Photo[..^200])));
    }

    [Fact]
    public async Task An_image_smaller_than_a_window_is_refused()
    {
        using var small = Striped(6, 20, 3);
        using var response = await service.Send("/reconstruct", small.ToPng(), "image/png");

        Assert.Equal("body is '6x20'; both sides must have at least 7 pixels.", await Service.Problem(response));
    }

    private async Task<string> Refused(params (string Name, byte[] File)[] files)
    {
        using var response = await service.Client.PostAsync("/score", Form(files));
        Assert.Equal(400, (int)response.StatusCode);
        return await Service.Problem(response);
    }

    private async Task<JsonElement> Score(byte[] reference, byte[] candidate)
    {
        using var response = await service.Client.PostAsync("/score", Form(("reference", reference), ("candidate", candidate)));
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private static MultipartFormDataContent Form(params (string Name, byte[] File)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, file) in files)
            form.Add(new ByteArrayContent(file), name, $"{name}.png");
        return form;
    }

    private static MLImage Striped(int width, int height, int step)
    {
        byte[] pixels = [.. Enumerable.Range(0, width * height * 4).Select(index => (byte)(index % 4 == 3 ? 255 : index * step % 251))];
        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels);
    }

    private static byte[] Colours(MLImage image) => [.. image.Pixels.ToArray().Where((_, index) => index % 4 != 3)];
}
