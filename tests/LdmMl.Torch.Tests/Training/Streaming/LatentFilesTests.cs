using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Native;
using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training.Streaming;

/// <summary>Diffusion trainings whose latents are in files.</summary>
public sealed class LatentFilesTests : IDisposable
{
    private const int HeaderBytes = 64 << 10;

    private readonly TemporaryFolder temporary = new();
    private readonly AutoencoderModel autoencoder = TinyModels.Kl();
    private readonly List<string> notes = [];

    private string Folder => Path.Combine(temporary.Path, "latents");

    private DiffusionTrainingOptions Memory => new()
    {
        UNet = TinyModels.UNetConfig, Steps = 4, BatchSize = 4, WarmupSteps = 0, EmaDecay = 0.9, HorizontalFlips = true, Notes = new Sentences(notes.Add),
    };

    private DiffusionTrainingOptions Files => Memory with { LatentFolder = Folder };

    public void Dispose()
    {
        autoencoder.Dispose();
        temporary.Dispose();
    }

    [Theory]
    [InlineData(LatentVariation.Sample, true, 0)]
    [InlineData(LatentVariation.Sample, false, 3)]
    [InlineData(LatentVariation.Mean, true, 1)]
    public void The_weights_are_those_of_a_training_from_memory(LatentVariation variation, bool mirrored, int threads)
    {
        var images = new ToyImages(9);
        var expected = Trained(images, Memory with { LatentVariation = variation, HorizontalFlips = mirrored });
        var options = Files with { LatentVariation = variation, HorizontalFlips = mirrored, ReaderThreads = threads };

        Assert.Equal(expected, Trained(new StreamedImages(images), options));
        Assert.Equal(expected, Trained(new StreamedImages(images), options));   // reused
    }

    [Fact]
    public void Validation_reads_files_too()
    {
        using var expected = new DiffusionTrainer(autoencoder, Memory).Train(new ToyImages(9), new ToyImages(5));
        using var result = new DiffusionTrainer(autoencoder, Files).Train(new ToyImages(9), new ToyImages(5));

        Assert.Equal(expected.Validation, result.Validation);
        Assert.Equal(2, Directory.GetFiles(Folder, "*.bin").Length);
    }

    [Fact]
    public void A_second_training_reuses_the_file_and_says_so()
    {
        Trained(new ToyImages(9), Files);
        var file = Assert.Single(Directory.GetFiles(Folder, "*.bin"));
        Assert.Equal(HeaderBytes + (2 * 2 * 9 * 2 * 8 * 8 * 4), new FileInfo(file).Length);   // mirrored, deviations, [9, 2, 8, 8]
        Assert.Equal([$"The latents of 9 images are computed and kept in '{file}' (0.0 MB)."], notes);

        notes.Clear();
        Trained(new ToyImages(9), Files with { Seed = 5, Steps = 2 });
        Assert.Equal([$"The latents of 9 images are reused from '{file}' (0.0 MB)."], notes);
        Assert.Empty(Directory.GetFiles(Folder, "*.tmp"));
    }

    [Fact]
    public void Whatever_changes_the_latents_is_another_file()
    {
        Trained(new ToyImages(9), Files);
        Trained(new ToyImages(9) { Shift = 1 }, Files);
        Trained(new ToyImages(8), Files);
        Trained(new ToyImages(9), Files with { HorizontalFlips = false });
        Trained(new ToyImages(9), Files with { LatentVariation = LatentVariation.Mean });
        using (var other = TinyModels.Kl(seed: 2))
            Trained(new ToyImages(9), Files, other);
        using (var scaled = autoencoder.WithLatentScale(2))
            Trained(new ToyImages(9), Files, scaled);

        Assert.Equal(7, Directory.GetFiles(Folder, "*.bin").Length);
    }

    [Fact]
    public void Latents_go_to_a_file_when_they_are_more_than_memory_allows()
    {
        const int bytes = 2 * 2 * 9 * 2 * 8 * 8 * 4;
        Trained(new ToyImages(9), Memory with { MaximumLatentBytes = bytes });
        Assert.Equal(["The latents of 9 images take 0.0 MB of memory."], notes);

        notes.Clear();
        Trained(new ToyImages(9), Memory with { MaximumLatentBytes = bytes - 1 });
        var file = Assert.Single(notes).Split('\'')[1];
        File.Delete(file);
        File.Delete($"{file}.lock");
        Assert.Equal($"The latents of 9 images are computed and kept in '{file}' (0.0 MB, more than the 0.0 MB allowed in memory).", notes[0]);
        Assert.Equal(CacheFolders.Candidates("latents").First(), Path.GetDirectoryName(file));
    }

    [Theory]
    [InlineData(100, "its content does not have the hash that it names")]
    [InlineData(-HeaderBytes, "it does not begin with a description of latents")]
    [InlineData(null, "it has 65635 bytes instead of")]
    public void A_damaged_file_is_noticed_and_computed_again(int? change, string reason)
    {
        var expected = Trained(new ToyImages(9), Files);
        var file = Assert.Single(Directory.GetFiles(Folder, "*.bin"));
        var bytes = File.ReadAllBytes(file);
        if (change is { } place)
            bytes[HeaderBytes + place] ^= 1;
        File.WriteAllBytes(file, change is null ? bytes[..(HeaderBytes + 99)] : bytes);
        notes.Clear();

        Assert.Equal(expected, Trained(new ToyImages(9), Files));
        Assert.Contains($"'{file}' is damaged: {reason}", notes[0], StringComparison.Ordinal);
        notes.Clear();
        Trained(new ToyImages(9), Files);
        Assert.Contains("are reused from", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_that_was_not_used_for_longest_makes_room()
    {
        var one = 2 * 2 * 9 * 2 * 8 * 8 * 4;
        var options = Files with { MaximumLatentFolderBytes = 2 * (HeaderBytes + one) };
        Trained(new ToyImages(9), options);
        var first = Assert.Single(Directory.GetFiles(Folder, "*.bin"));
        Trained(new ToyImages(9) { Shift = 1 }, options);
        var second = Assert.Single(Directory.GetFiles(Folder, "*.bin"), file => file != first);
        File.SetLastWriteTimeUtc(second, DateTime.UtcNow.AddHours(-1));
        Trained(new ToyImages(9), options);                      // uses the first
        notes.Clear();
        Trained(new ToyImages(9) { Shift = 2 }, options);

        Assert.Contains($"'{second}' was deleted to make room for them.", notes);
        Assert.True(File.Exists(first));
        Assert.Equal(2, Directory.GetFiles(Folder, "*.bin").Length);
    }

    [Fact]
    public void Latents_that_find_no_room_are_an_error_before_they_are_computed()
    {
        Assert.StartsWith(
            $"The latents need 18,432 bytes in '{Folder}', more than the limit of 18,431 bytes for that folder; allow more, or train on fewer images.",
            Assert.Throws<IOException>(() => Trained(new ToyImages(9), Files with { MaximumLatentFolderBytes = 18_431 })).Message, StringComparison.Ordinal);
        var blocked = Path.Combine(temporary.Path, "file");
        File.WriteAllText(blocked, "");
        Assert.StartsWith(
            $"The latents cannot be kept in '{blocked}': ",
            Assert.Throws<IOException>(() => Trained(new ToyImages(9), Files with { LatentFolder = blocked })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trainings_that_start_together_encode_once()
    {
        var images = Enumerable.Range(0, 3).Select(_ => new StreamedImages(new ToyImages(9))).ToArray();
        var trained = images.AsParallel().WithDegreeOfParallelism(images.Length).Select(set => Trained(set, Files with { Notes = null })).ToArray();

        Assert.Single(trained.Distinct());
        Assert.Single(Directory.GetFiles(Folder, "*.bin"));
        Assert.Equal([9, 9, 18], images.Select(set => set.Reads).Order());   // all are hashed; one is also encoded
    }

    [Fact]
    public void A_broken_image_while_encoding_leaves_nothing_behind()
    {
        Assert.Throws<InvalidDataException>(() => Trained(new StreamedImages(new ToyImages(9)) { BreaksAfter = 12 }, Files));
        Assert.Empty(Directory.GetFiles(Folder, "*.bin").Concat(Directory.GetFiles(Folder, "*.tmp")));
    }

    private string Trained(IImageSet images, DiffusionTrainingOptions options, AutoencoderModel? first = null)
    {
        using var result = new DiffusionTrainer(first ?? autoencoder, options).Train(images);
        return $"{TinyModels.Fingerprint(result.Model)} {result.Model.Autoencoder.Config.LatentScale}";
    }

    private sealed class Sentences(Action<string> say) : IProgress<string>
    {
        public void Report(string value) => say(value);
    }
}
