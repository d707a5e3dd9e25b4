using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>Where a training's images and latents are: in memory, or on disk.</summary>
internal sealed class DataOptions
{
    private static readonly DiffusionTrainingOptions Usual = new();

    private readonly Option<long> memory = Values.Bytes(
        "--memory",
        "The most memory for images, and as much for latents. If images would take more, they are read from their files while training; if latents would, "
        + "they are read from a file of --latent-cache. Neither changes the result.",
        Usual.MaximumLatentBytes);
    private readonly Option<int> readers = Values.Whole(
        "--readers", "How many threads read images from their files ahead of the training; it does not change the result.", Usual.ReaderThreads, least: 0);
    private readonly Option<DirectoryInfo?> latents = new("--latent-cache")
    {
        Description = "A folder for files of latents: they are kept there whatever their number, and reused by trainings with the same images and "
            + "autoencoder. By default latents are in memory, or, if they do not fit, in the user's cache.",
        HelpName = "FOLDER",
    };
    private readonly Option<long> latentLimit = Values.Bytes(
        "--latent-cache-limit", "The most bytes of files of latents in the folder; those not used for longest are deleted to make room.",
        Usual.MaximumLatentFolderBytes);

    /// <summary>Gets the options of every training.</summary>
    public IReadOnlyList<Option> Images => [memory, readers];

    /// <summary>Gets the options of a diffusion model's training, in the order in which help shows them.</summary>
    public IReadOnlyList<Option> All => [memory, readers, latents, latentLimit];

    /// <summary>Gets what the library calls the options.</summary>
    public OptionTerms Terms => new()
    {
        { nameof(TrainingOptions.ReaderThreads), readers }, { nameof(Usual.MaximumLatentBytes), memory }, { nameof(Usual.LatentFolder), latents },
        { nameof(Usual.MaximumLatentFolderBytes), latentLimit },
    };

    /// <summary>Gets the most memory for images.</summary>
    public long Memory(ParseResult parsed) => parsed.GetValue(memory);

    /// <summary>Adds the options of every training that were given.</summary>
    public T Add<T>(ParseResult parsed, T options)
        where T : TrainingOptions =>
        (T)((TrainingOptions)options with { ReaderThreads = parsed.GetValue(readers), Notes = new MessageLines() });

    /// <summary>Adds all that were given.</summary>
    public DiffusionTrainingOptions AddAll(ParseResult parsed, DiffusionTrainingOptions options) => Add(parsed, options) with
    {
        MaximumLatentBytes = Memory(parsed), LatentFolder = parsed.GetValue(latents)?.FullName, MaximumLatentFolderBytes = parsed.GetValue(latentLimit),
    };
}
