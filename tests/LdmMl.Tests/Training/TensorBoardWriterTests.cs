using System.Buffers.Binary;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Training;
using SkiaSharp;
using Tensorboard;

namespace LdmMl.Tests.Training;

/// <summary>Reads event files back by the rules of their format: length, checksum, message, checksum (TFRecord).</summary>
public sealed class TensorBoardWriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("ldmml-events-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Scalars_are_written_under_the_names_of_the_terms()
    {
        Write(Step(1));
        var values = Events().Where(entry => entry.Summary is not null).SelectMany(entry => entry.Summary.Value, (entry, value) => (entry, value)).ToArray();

        Assert.Equal(
            [
                ("loss/total", 0.375f), ("loss/reconstruction", 0.125f), ("loss/adversarial", 0.25f), ("loss/discriminator", 1f), ("reference/d_weight", 0.5f),
                ("training/gradient_norm", 2f), ("training/learning_rate", 0.001f), ("training/images_per_second", 120f), ("validation/psnr", 21.5f),
                ("validation/mean_absolute_error", 0.0625f),
            ],
            values.Select(pair => (pair.value.Tag, pair.value.SimpleValue)));
        Assert.All(values, pair => Assert.Equal(1, pair.entry.Step));
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.All(values, pair => Assert.InRange(pair.entry.WallTime, now - 600, now + 600));
    }

    [Fact]
    public void The_file_begins_with_its_version()
    {
        Write(Step(1));
        Assert.Equal("brain.Event:2", Events()[0].FileVersion);
    }

    [Fact]
    public void A_preview_sheet_can_be_decoded_to_the_same_pixels()
    {
        byte[] pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 40, 50, 60, 70, 80, 90];
        var writer = Write(Step(5) with { Preview = new TrainingPreview(5, 3, 1, 3, 2, pixels, "images") });
        var image = Events().SelectMany(entry => entry.Summary?.Value ?? []).Single(value => value.Tag == "preview").Image;
        using var decoded = SKBitmap.Decode(image.EncodedImageString.ToByteArray());

        Assert.Null(writer.Failure);
        Assert.Equal((3, 2), (image.Width, image.Height));
        Assert.Equal(
            pixels, Enumerable.Range(0, 6).Select(i => decoded.GetPixel(i % 3, i / 3)).SelectMany(color => new[] { color.Red, color.Green, color.Blue }));
    }

    [Fact]
    public void Verdicts_are_texts()
    {
        Write(Step(3) with { Verdicts = [new(TrainingVerdictKind.DeadCodes, 3, "29 of 32 entries are hardly used.")] });
        var value = Events().SelectMany(entry => entry.Summary?.Value ?? []).Single(value => value.Tag.StartsWith("verdicts/DeadCodes", StringComparison.Ordinal));
        Assert.Equal("29 of 32 entries are hardly used.", value.Tensor.StringVal[0].ToStringUtf8());
    }

    [Fact]
    public void Scalars_are_written_at_the_first_step_every_interval_and_every_validation()
    {
        var writer = new TensorBoardWriter(folder, interval: 4);
        for (var step = 1; step <= 9; step++)
            writer.Report(step == 6 ? Step(step) : Step(step) with { Validation = null });

        Assert.Equal([1, 4, 6, 8], Events().Where(entry => entry.Summary is not null).Select(entry => entry.Step).Distinct());
    }

    [Fact]
    public void A_file_that_can_no_longer_be_written_does_not_end_the_training()
    {
        var writer = new TensorBoardWriter(folder, interval: 1);
        var file = Assert.Single(Directory.GetFiles(folder));
        File.Delete(file);
        Directory.CreateDirectory(file);
        writer.Report(Step(1));
        writer.Report(Step(2));

        Assert.StartsWith("The event file cannot be written any more: ", writer.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interval_below_1_is_refused()
    {
        var error = Assert.Throws<OptionException>(() => new TensorBoardWriter(folder, interval: 0));
        Assert.Equal("interval is 0; it must be at least 1.", error.Message);
    }

    private TensorBoardWriter Write(TrainingStep step)
    {
        var writer = new TensorBoardWriter(folder, interval: 1);
        writer.Report(step);
        return writer;
    }

    private static TrainingStep Step(int step) => new()
    {
        Step = step, Steps = 600, Epoch = 2, Loss = 0.375, Terms = [new LossValue("reconstruction", 0.125, 1), new LossValue("adversarial", 0.5, 0.5)],
        Discriminator = new LossValue("discriminator", 1, 1), GradientNorm = 2, LearningRate = 1e-3, ImagesPerSecond = 120,
        Logged = new Dictionary<string, double> { ["d_weight"] = 0.5 }, Validation = new ReconstructionValidation(step, 0.0625, 21.5),
    };

    private List<Event> Events()
    {
        var events = new List<Event>();
        var bytes = File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder))).AsSpan();
        while (bytes.Length > 0)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
            Assert.Equal(MaskedCrc(bytes[..8]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
            var message = bytes.Slice(12, length);
            Assert.Equal(MaskedCrc(message), BinaryPrimitives.ReadUInt32LittleEndian(bytes[(12 + length)..]));
            events.Add(Event.Parser.ParseFrom(message.ToArray()));
            bytes = bytes[(16 + length)..];
        }

        return events;
    }

    // CRC-32C, bit by bit, rotated and shifted as TFRecord requires.
    private static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        const uint Polynomial = 0x82F63B78, Shift = 0xA282EAD8;
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
        }

        return unchecked(uint.RotateRight(~crc, 15) + Shift);
    }
}
