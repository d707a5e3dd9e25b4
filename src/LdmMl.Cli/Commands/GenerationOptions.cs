using System.CommandLine;
using LdmMl.Cli.Generating;
using LdmMl.Torch.Generation;

namespace LdmMl.Cli.Commands;

/// <summary>The options that say what images are made of and how large they are.</summary>
internal static class GenerationOptions
{
    private static readonly Option<double> Guidance = new("--guidance")
    {
        Description = "How far images are pushed towards their label: 1 not at all, 3 to 8 are usual.",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<double> GuidanceRescale = new("--guidance-rescale")
    {
        Description = "How much of the spread that guidance adds is taken back, 0 to 1.",
        DefaultValueFactory = _ => 0,
    };
    private static readonly Option<DirectoryInfo?> Init = new("--init")
    {
        Description = "A folder of images to begin with, one after the other; for a super-resolution model, the small images.",
        HelpName = "DIR",
    };
    private static readonly Option<double?> Strength = new("--strength")
    {
        Description = "How much of an image of --init is made anew, above 0 to 1.",
    };
    private static readonly Option<DirectoryInfo?> Mask = new("--mask")
    {
        Description = "A folder of masks with the names of --init's images, or with one mask for all: white is painted, black stays.",
        HelpName = "DIR",
    };
    private static readonly Option<ImageFit> Fit = new("--fit")
    {
        Description = "How images of --init and --mask are brought to the size.",
        DefaultValueFactory = _ => ImageFit.CropToFill,
    };
    private static readonly Option<int?> Width = new("--width") { Description = "Pixels; without it as wide as the model was trained." };
    private static readonly Option<int?> Height = new("--height") { Description = "Pixels; without it as high as the model was trained." };

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } = [.. SamplerOptions.All, Guidance, GuidanceRescale, Init, Strength, Mask, Fit, Width, Height];

    /// <summary>Refuses what can never be, before anything is parsed.</summary>
    public static void Validate()
    {
        SamplerOptions.Validate();
        CommonOptions.Within(Width, 1, CommonOptions.LargestSize);
        CommonOptions.Within(Height, 1, CommonOptions.LargestSize);
    }

    /// <summary>Gets the folder of initial images; null for none.</summary>
    public static DirectoryInfo? InitFolder(ParseResult parsed) => parsed.GetValue(Init);

    /// <summary>Lists the initial images and their masks.</summary>
    /// <exception cref="ArgumentException">There are masks, or a strength, but no images.</exception>
    public static IReadOnlyList<(string Image, string? Mask)> ReadInitials(ParseResult parsed)
    {
        if (parsed.GetValue(Init) is null && parsed.GetValue(Mask) is not null)
            throw new ArgumentException("--mask says what of an image is made anew, but there is none; give --init, too.");
        if (parsed.GetValue(Init) is null && parsed.GetValue(Strength) is not null)
            throw new ArgumentException("--strength says how much of an image is made anew, but there is none; give --init, too.");
        return InitialImages.Find(parsed.GetValue(Init), parsed.GetValue(Mask));
    }

    /// <summary>Reads how images are made.</summary>
    /// <exception cref="ArgumentException">A value does not fit the model.</exception>
    public static GenerationSettings ReadSettings(ParseResult parsed, LatentDiffusionConfig config)
    {
        var strength = parsed.GetValue(Strength) ?? 1;
        if (strength is not (> 0 and <= 1))
            throw new ArgumentException($"--strength is {strength}; it must be above 0 and at most 1.");
        return new()
        {
            Sampling = SamplerOptions.Read(parsed, config.Sampling, config.Schedule, strength),
            GuidanceScale = parsed.GetValue(Guidance), GuidanceRescale = parsed.GetValue(GuidanceRescale),
            Strength = strength, Width = parsed.GetValue(Width), Height = parsed.GetValue(Height),
        };
    }

    /// <summary>Checks that what the model needs is there, and makes what reads it.</summary>
    /// <exception cref="ArgumentException">Something is missing, or is there in vain; the message says which option to give.</exception>
    public static InitialImages ReaderFor(ParseResult parsed, LatentDiffusionModel model)
    {
        var enlarges = model.Config.Conditioning is ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage };
        var paints = model.Config.Conditioning is ConcatenatedConditioning && !enlarges;
        if (model.Config.Conditioning is ContextConditioning or ConcatenatedConditioning { Context: not null })
        {
            throw new ArgumentException(
                "This model looks at the tokens of a text encoder, which the tool does not have; give them in a pipeline: "
                + "GenerateImages with a context column.");
        }

        if (enlarges && (parsed.GetValue(Init) is null || parsed.GetValue(Mask) is not null || parsed.GetValue(Strength) is not null))
            throw new ArgumentException("This model enlarges images; give the small ones with --init, and neither --mask nor --strength.");
        if (paints && parsed.GetValue(Mask) is null)
            throw new ArgumentException("This model paints in images; give them with --init and what of them is painted with --mask.");
        var factor = enlarges ? model.Autoencoder.Config.DownsampleFactor : 1;
        return new()
        {
            Width = (parsed.GetValue(Width) ?? model.DefaultWidth) / factor, Height = (parsed.GetValue(Height) ?? model.DefaultHeight) / factor,
            Fit = parsed.GetValue(Fit),
        };
    }
}
