using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using LdmMl.Torch.Training.States;

namespace LdmMl.Torch.Tests.Training.Streaming;

public class BatchReaderTests
{
    private static readonly AutoencoderTrainingOptions Options = new() { BatchSize = 4, HorizontalFlips = true, Seed = 7 };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void The_batches_are_those_from_memory_for_any_number_of_threads(int threads)
    {
        Assert.Equal(Batches(new ToyImages(11), Options), Batches(new StreamedImages(new ToyImages(11)), Options with { ReaderThreads = threads }));
        Assert.Equal(
            Batches(new ToyImages(11), Options, side: 8), Batches(new StreamedImages(new ToyImages(11)), Options with { ReaderThreads = threads }, side: 8));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_position_that_is_stored_continues_with_the_same_batches(int before)
    {
        var all = Batches(new ToyImages(11), Options, side: 8);
        using var reader = Reader(new StreamedImages(new ToyImages(11)), Options, side: 8);
        for (var batch = 0; batch < before; batch++)
            reader.Next().Dispose();
        using var position = new TrainingSnapshot();
        reader.Write(position);
        using var resumed = Reader(new StreamedImages(new ToyImages(11)), Options with { ReaderThreads = 3 }, side: 8);
        resumed.Next().Dispose();                                // a rollback also restores a reader that is already at work
        resumed.Read(position);

        Assert.Equal(all[before..], Rest(resumed, all.Length - before));
        Assert.Equal(all[before..], Rest(reader, all.Length - before));
    }

    [Fact]
    public void Crops_are_everywhere_in_the_image_and_of_the_seed()
    {
        var image = new ImageSet(6, 5, channels: 1);
        image.Add([.. Enumerable.Range(0, 30).Select(value => (byte)value)], PixelLayout.Gray8);
        var options = new AutoencoderTrainingOptions { BatchSize = 1 };
        var corners = Batches(image, options, side: 3, count: 300).Select(batch => (int)MathF.Round(float.Parse(batch.Split(' ')[0]) * 255)).ToArray();
        var places = Enumerable.Range(0, 3).SelectMany(y => Enumerable.Range(0, 4).Select(x => (6 * y) + x)).ToArray();

        Assert.Equal(places, corners.Distinct().Order());
        Assert.All(corners.GroupBy(corner => corner), place => Assert.InRange(place.Count(), 10, 50));
        Assert.Equal(Batches(image, options, side: 3), Batches(image, options, side: 3));
        Assert.NotEqual(Batches(image, options, side: 3), Batches(image, options with { Seed = 1 }, side: 3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void The_first_unreadable_image_of_a_batch_is_named_whichever_thread_meets_one_first(int threads)
    {
        var images = new StreamedImages(new ToyImages(12)) { Broken = [3, 5, 6, 10] };
        using var reader = Reader(images, Options with { BatchSize = 12, ReaderThreads = threads }, side: null);

        var first = Assert.Throws<InvalidDataException>(() => reader.Next()).Message;
        using var again = Reader(images, Options with { BatchSize = 12, ReaderThreads = 2 }, side: null);
        Assert.Equal(first, Assert.Throws<InvalidDataException>(() => again.Next()).Message);
    }

    [Fact]
    public void The_hash_of_images_is_the_same_on_every_number_of_threads()
    {
        var hash = BatchReader.Hash(new ToyImages(150), PixelRange.MinusOneToOne, threads: 0);
        Assert.Equal(hash, BatchReader.Hash(new StreamedImages(new ToyImages(150)), PixelRange.MinusOneToOne, threads: 3));
        Assert.NotEqual(hash, BatchReader.Hash(new ToyImages(150) { Shift = 1 }, PixelRange.MinusOneToOne, threads: 3));
    }

    private static BatchReader Reader(IImageSet images, TrainingOptions options, int? side) =>
        new(images, PixelRange.ZeroToOne, options, side: side);

    private static string[] Batches(IImageSet images, TrainingOptions options, int? side = null, int count = 8)
    {
        using var reader = Reader(images, options, side);
        return Rest(reader, count);
    }

    private static string[] Rest(BatchReader reader, int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        using var batch = reader.Next();
        return string.Join(' ', batch.data<float>());
    })];
}
