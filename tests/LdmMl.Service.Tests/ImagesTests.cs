using System.Net;
using System.Text.Json;
using LdmMl.Torch.Generation;

namespace ImageService.Tests;

/// <summary>The answers of <c>POST /images</c>.</summary>
public class ImagesTests(LabelService fixture) : IClassFixture<LabelService>
{
    private readonly Service service = fixture.Service;

    [Fact]
    public async Task An_image_is_that_of_the_model_and_its_seed_is_in_a_header()
    {
        using var model = LatentDiffusionModel.Load(fixture.Model);

        using var response = await service.Post(new { label = "dog", seed = 7, steps = 3, width = 24, height = 32, guidanceScale = 2 });

        var expected = Models.Draw(
            model, new GenerationBatch { Seeds = [7], Labels = [1] }, steps: 3,
            new GenerationSettings { Width = 24, Height = 32, GuidanceScale = 2 });
        Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/png", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("7", response.Headers.GetValues("Image-Seed").Single());
    }

    [Fact]
    public async Task Json_has_everything_that_reproduces_the_image()
    {
        using var response = await service.Post(new { label = "cat" }, "application/json");
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        var again = await service.Draw(new
        {
            label = answer.GetProperty("label").GetString(),
            seed = answer.GetProperty("seed").GetInt64(),
            steps = answer.GetProperty("steps").GetInt32(),
            width = answer.GetProperty("width").GetInt32(), height = answer.GetProperty("height").GetInt32(),
            guidanceScale = answer.GetProperty("guidanceScale").GetDouble(),
        });

        Assert.Equal(answer.GetProperty("png").GetBytesFromBase64(), again);
        Assert.Equal(2, answer.GetProperty("steps").GetInt32());
    }

    [Fact]
    public async Task Without_a_seed_images_differ()
    {
        Assert.NotEqual(await service.Draw(new { label = "cat" }), await service.Draw(new { label = "cat" }));
    }

    [Fact]
    public async Task Events_report_each_step_and_the_previews_and_end_with_the_image()
    {
        using var response = await service.Post(new { label = "cat", seed = 1, steps = 8, previews = 3 }, "text/event-stream");
        var events = await Events.Read(response);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            ["queued", "step", "preview", "step", "preview", "step", "preview", "step", "step", "image"], events.Select(sent => sent.Type));
        var steps = events.Where(sent => sent.Type is "step" or "preview").Select(sent => sent.Data.GetProperty("step").GetInt32());
        var previews = events.Where(sent => sent.Type == "preview").Select(sent => sent.Data.GetProperty("preview").GetBytesFromBase64());
        Assert.Equal(Enumerable.Range(1, 8), steps);
        Assert.All(previews, preview => Assert.Equal("PNG"u8, preview.AsSpan(1, 3)));
        Assert.Equal(await service.Draw(new { label = "cat", seed = 1, steps = 8 }), events[^1].Data.GetProperty("png").GetBytesFromBase64());
    }

    [Theory]
    [InlineData("image/*;q=0.5, application/json", "application/json")]
    [InlineData("*/*", "image/png")]
    [InlineData("application/json;q=0.1, */*;q=0.9", "image/png")]
    [InlineData("text/event-stream, image/png;q=0.9", "text/event-stream")]
    public async Task The_client_chooses_the_media_type(string accept, string expected)
    {
        using var response = await service.Post(new { label = "cat" }, accept);

        Assert.Equal(expected, response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task What_cannot_be_sent_is_refused()
    {
        using var response = await service.Post(new { label = "cat" }, "image/gif");

        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        Assert.Equal(
            "The answer can be image/png or application/json or text/event-stream; the header Accept allows none.", await Service.Problem(response));
    }

    [Fact]
    public async Task The_model_is_described()
    {
        var model = JsonDocument.Parse(await service.Client.GetStringAsync("/model")).RootElement;

        Assert.Equal("labels", model.GetProperty("name").GetString());
        Assert.Equal("labels", model.GetProperty("takes").GetString());
        Assert.Equal(["cat", "dog", "überfrog"], model.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        Assert.Equal((16, 4), (model.GetProperty("width").GetInt32(), model.GetProperty("sizeMultiple").GetInt32()));
    }

    [Fact]
    public async Task A_model_with_prompts_draws_what_they_say()
    {
        await using var text = await Service.Start(Models.EmojiText);
        using var model = LatentDiffusionModel.Load(Models.EmojiText);

        var drawn = await text.Draw(new { prompt = "an old man", seed = 3, steps = 2, guidanceScale = 5 });

        var batch = new GenerationBatch { Seeds = [3], Prompts = ["an old man"] };
        Assert.Equal(Models.Draw(model, batch, steps: 2, new GenerationSettings { GuidanceScale = 5 }), drawn);
        using var labelled = await text.Post(new { label = "cat" });
        Assert.Equal("label is 'cat'; this model takes no labels; leave it out.", await Service.Problem(labelled));
        using var endless = await text.Post(new { prompt = new string('a', 1001) });
        Assert.Equal($"prompt is '{new string('a', 40)} …'; it may have at most 1000 characters.", await Service.Problem(endless));
    }
}
