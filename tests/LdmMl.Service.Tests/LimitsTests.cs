using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace ImageService.Tests;

/// <summary>What is refused, with which status and which sentence.</summary>
public class LimitsTests(LabelService fixture) : IClassFixture<LabelService>
{
    private readonly Service service = fixture.Service;

    public static TheoryData<string, string> BadOrders() => new()
    {
        { """{"label":"cow"}""", "label is 'cow'; it must be one of 'cat', 'dog', 'überfrog'." },
        { """{"label":"../../etc/passwd"}""", "label is '../../etc/passwd'; it must be one of 'cat', 'dog', 'überfrog'." },
        { """{"prompt":"a cat"}""", "prompt is 'a cat'; this model takes no prompts; leave it out." },
        { """{"label":"cat","steps":0}""", "steps is 0; it must be from 1 to 1000." },
        { """{"label":"cat","width":17}""", "width is 17; it must be a positive multiple of 4." },
        { """{"label":"cat","height":-16}""", "height is -16; it must be a positive multiple of 4." },
        { """{"label":"cat","width":2147483644,"height":2147483644}""", "width is 2147483644; width times height may be at most 65536." },
        { """{"label":"cat","guidanceScale":-1}""", "guidanceScale is -1; it must be from 0 to 100." },
        { """{"label":"cat","guidanceScale":1e999}""", "guidanceScale is Infinity; it must be from 0 to 100." },
        { """{"guidanceScale":2}""", "guidanceScale is 2; there is no label to steer towards; give one, or set it to 1." },
        { """{"label":"cat","previews":11}""", "previews is 11; it must be from 0 to 10." },
        { """{"labl":"cat"}""", Unreadable("$.labl") },
        { """{"model":"/etc/passwd"}""", Unreadable("$.model") },
        { """{"label":"cat","label":"dog"}""", Unreadable("$.label") },
        { """{"label":7}""", Unreadable("$.label") },
        { """{"seed":"7"}""", Unreadable("$.seed") },
        { """{"seed":1.5}""", Unreadable("$.seed") },
        { """{"seed":99999999999999999999}""", Unreadable("$.seed") },
        { """{"label":"\ud800"}""", Unreadable("$.label") },
        { """{"label":"cat",}""", Unreadable("$") },
        { "{", Unreadable("$") },
        { "[]", Unreadable("$") },
    };

    [Theory]
    [MemberData(nameof(BadOrders))]
    public async Task An_order_that_cannot_be_drawn_is_refused_with_what_is_possible(string order, string problem)
    {
        using var response = await service.SendJson(order);

        Assert.Equal(problem, await Service.Problem(response));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_body_without_an_order_is_refused(string body)
    {
        using var response = await service.SendJson(body);

        Assert.NotEmpty(await Service.Problem(response));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("/images", "text/plain", 10, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/images", "application/json", 70_000, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/reconstruct", "image/png", 100_001, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/reconstruct", "text/plain", 10, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/reconstruct", "image/png", 0, HttpStatusCode.BadRequest)]
    [InlineData("/reconstruct", "image/png", 1000, HttpStatusCode.BadRequest)]
    [InlineData("/score", "multipart/form-data; boundary=x", 100_001, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/score", "multipart/form-data; boundary=x", 1000, HttpStatusCode.BadRequest)]
    [InlineData("/score", "multipart/form-data; boundary=x", 0, HttpStatusCode.BadRequest)]
    [InlineData("/score", "multipart/form-data", 10, HttpStatusCode.BadRequest)]
    [InlineData("/score", "image/png", 10, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/nowhere", "application/json", 10, HttpStatusCode.NotFound)]
    [InlineData("/model", "application/json", 10, HttpStatusCode.MethodNotAllowed)]
    public async Task Other_bodies_are_refused_with_a_problem(string address, string type, int length, HttpStatusCode status)
    {
        using var response = await service.Send(address, [.. Enumerable.Repeat((byte)'x', length)], type);

        Assert.Equal(status, response.StatusCode);
        await Service.Problem(response);
    }

    [Fact]
    public async Task An_image_with_too_many_pixels_is_refused_before_any_is_decoded()
    {
        // A header that promises 3.6 gigapixels, and not one pixel: a decoder would complain about those.
        using var response = await service.Send("/reconstruct", PngHeader(60_000, 60_000), "image/png");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await Service.Problem(response);
        Assert.Contains("has 60000x60000 = 3600000000 pixels, more than the 65536 allowed", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_queue_is_429_with_the_time_after_which_to_try_again()
    {
        await using var small = await Service.Start(fixture.Model, "LatentDiffusion:Steps=1", "Service:QueueCapacity=2");
        using var listener = new Measurements();
        Task<byte[]>[] waiting;
        using (small.Occupy())
        {
            waiting = [small.Draw(new { seed = 1 }), small.Draw(new { seed = 2 })];
            await small.UntilWaiting(2);

            using var refused = await small.Post(new { seed = 3 });
            using var scored = await small.Send("/reconstruct", Models.Photo, "image/png");
            using var streamed = await small.Post(new { seed = 3 }, "text/event-stream");

            foreach (var response in (HttpResponseMessage[])[refused, scored, streamed])
            {
                Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
                Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 600);
                Assert.Equal("Too many requests are waiting; try again later.", await Service.Problem(response));
            }
        }

        await Task.WhenAll(waiting);
        Assert.Equal(3, listener.Of("ldmml.queue.refused").Sum());
        Assert.NotEmpty(await small.Draw(new { seed = 3 }));
    }

    [Fact]
    public void Large_images_share_a_batch_with_fewer_others()
    {
        var model = new Requests.ModelDescription
        {
            Name = "", Takes = Requests.ModelTakes.Nothing, Labels = [], NeedsLabel = false, Width = 64, Height = 64, SizeMultiple = 16,
            MaximumPixels = 65536, Steps = 1, MaximumSteps = 1, GuidanceScale = 1, MaximumPreviews = 0, BatchSize = 16, MeasuresDistance = false,
        };

        int Largest(int width, int height) => model.LargestBatch(new Requests.ImageSettings(1, width, height, 1));
        Assert.Equal((16, 16, 4, 1), (Largest(64, 64), Largest(16, 16), Largest(128, 128), Largest(256, 256)));
    }

    private static string Unreadable(string path) =>
        $"The JSON cannot be read at {path}: it is malformed, or has a member that is unknown, twice, or of the wrong type.";

    private static byte[] PngHeader(int width, int height)
    {
        var chunk = new byte[17];
        "IHDR"u8.CopyTo(chunk);
        BinaryPrimitives.WriteInt32BigEndian(chunk.AsSpan(4), width);
        BinaryPrimitives.WriteInt32BigEndian(chunk.AsSpan(8), height);
        (chunk[12], chunk[13]) = (8, 2);
        return [0x89, .. Encoding.ASCII.GetBytes("PNG\r\n\x1A\n"), 0, 0, 0, 13, .. chunk, .. Crc(chunk), .. Chunk("IDAT"), .. Chunk("IEND")];
    }

    private static byte[] Chunk(string type) => [0, 0, 0, 0, .. Encoding.ASCII.GetBytes(type), .. Crc(Encoding.ASCII.GetBytes(type))];

    private static byte[] Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }

        var result = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(result, ~crc);
        return result;
    }
}
