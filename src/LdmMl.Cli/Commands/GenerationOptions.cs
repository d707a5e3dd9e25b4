using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Generating;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;

namespace LdmMl.Cli.Commands;

/// <summary>The options that say what images are made of and how large they are.</summary>
internal static class GenerationOptions
{
    // As in diffusers.
    private const double PromptGuidance = 7.5;

    private static readonly GenerationSettings Default = new();
    private static readonly Option<double> Guidance = Values.Number(
        "--guidance", "How far images are pushed towards their label or prompt (classifier-free guidance): 1 is no guidance, 1.5 to 8 are usual; 7.5 by default with prompts.",
        Default.GuidanceScale);
    private static readonly Option<double> GuidanceRescale = Values.Number(
        "--guidance-rescale", "How much of the contrast added by guidance is removed, 0 to 1.", Default.GuidanceRescale);
    private static readonly Option<double?> Projection = Values.OptionalNumber(
        "--guidance-projection",
        "Project guidance (APG), which keeps colours natural at high scales: the share that is kept of what only raises contrast, 0 to 1; 0 is usual.");
    private static readonly Option<double?> LargestNorm = Values.OptionalNumber(
        "--guidance-norm", "With --guidance-projection: the largest norm of what guidance adds per scale; by default any.");
    private static readonly Option<double?> GuidanceAbove = Values.OptionalNumber(
        "--guidance-above", "The noise level (sigma) down to which guidance is applied; below it there is no guidance.");
    private static readonly Option<double?> GuidanceBelow = Values.OptionalNumber(
        "--guidance-below", "The noise level (sigma) at which guidance starts; the first steps, above it, are not guided, which gives more variety.");
    private static readonly Option<DirectoryInfo?> Init = new("--init")
    {
        Description = "A folder of initial images, one after the other; for a super-resolution model, the small images.",
    };
    private static readonly Option<double?> Strength = Values.OptionalNumber(
        "--strength", "How much an image of --init is changed, above 0 and at most 1.");
    private static readonly Option<DirectoryInfo?> Mask = new("--mask")
    {
        Description = "A folder of masks with the names of --init's images, or with one mask for all: white is painted, black is kept.",
    };
    private static readonly Option<ImageRule> Rule = Values.Choice(
        "--image-rule", "How images of --init and their masks enter the sampling: mean, CompVis' way, or exactly as one of diffusers' pipelines.",
        Default.ImageRule);
    private static readonly Option<ImageFit> Fit = CommonOptions.Fit("How images of --init and --mask are fitted to the size.");
    private static readonly Option<long> MaximumPixels = Values.MaximumPixels();
    private static readonly Option<int?> Width = Values.OptionalWhole(
        "--width", "The width in pixels; by default that of the training images.", most: CommonOptions.LargestSize);
    private static readonly Option<int?> Height = Values.OptionalWhole(
        "--height", "The height in pixels; by default that of the training images.", most: CommonOptions.LargestSize);

    /// <summary>Gets the options of how images are made.</summary>
    public static IReadOnlyList<Option> Sampling { get; } = [.. SamplerOptions.All, Guidance, GuidanceRescale, Projection, LargestNorm, GuidanceAbove, GuidanceBelow, Width, Height];

    /// <summary>Gets the options of images to begin with.</summary>
    public static IReadOnlyList<Option> Begin { get; } = [Init, Strength, Mask, Rule, Fit, MaximumPixels];

    /// <summary>Gets what the library calls the options.</summary>
    public static OptionTerms Terms { get; } = new()
    {
        { nameof(Default.GuidanceScale), Guidance }, { nameof(Default.GuidanceRescale), GuidanceRescale }, { nameof(Default.Strength), Strength },
        { nameof(Default.GuidanceProjection), Projection }, { nameof(GuidanceProjection.ParallelShare), Projection },
        { nameof(GuidanceProjection.LargestNorm), LargestNorm }, { nameof(GuidanceInterval.LowestSigma), GuidanceAbove }, { nameof(GuidanceInterval.HighestSigma), GuidanceBelow },
        { nameof(Default.ImageRule), Rule }, { nameof(Default.Width), Width }, { nameof(Default.Height), Height },
    };

    /// <summary>Gets the folder of initial images; null for none.</summary>
    public static DirectoryInfo? InitFolder(ParseResult parsed) => parsed.GetValue(Init);

    /// <summary>Lists the initial images and their masks.</summary>
    /// <exception cref="ArgumentException">There are masks, or a strength, but no images.</exception>
    public static IReadOnlyList<InitialImage> ReadInitials(ParseResult parsed)
    {
        if (parsed.GetValue(Init) is null && parsed.GetValue(Mask) is not null)
            throw new ArgumentException("--mask needs initial images; give --init as well.");
        if (parsed.GetValue(Init) is null && parsed.GetValue(Strength) is not null)
            throw new ArgumentException("--strength needs initial images; give --init as well.");
        if (parsed.GetValue(Init) is null && parsed.GetResult(Rule) is { Implicit: false })
            throw new ArgumentException("--image-rule needs initial images; give --init as well.");
        return InitialImages.Find(parsed.GetValue(Init), parsed.GetValue(Mask));
    }

    /// <summary>Refuses guidance where there is nothing to guide towards: it would change no image.</summary>
    /// <exception cref="ArgumentException">There is no label.</exception>
    public static void CheckGuidance(ParseResult parsed, Conditioning conditioning, bool hasLabels)
    {
        var scale = GuidanceOf(parsed);
        if (hasLabels || scale == Default.GuidanceScale)
            return;
        if (conditioning.CrossAttention is not null)
            throw new ArgumentException($"--guidance is {scale}, but there is no prompt to steer towards; give --prompt as well.");
        var advice = conditioning is LabelConditioning ? "give --label as well" : "this model was trained without labels; leave --guidance out";
        throw new ArgumentException($"--guidance is {scale}, but there is no label to steer towards; {advice}.");
    }

    // Null where neither end is given.
    private static GuidanceInterval? IntervalOf(ParseResult parsed)
    {
        var (above, below) = (parsed.GetValue(GuidanceAbove), parsed.GetValue(GuidanceBelow));
        if (above is null && below is null)
            return null;
        if (GuidanceOf(parsed) == Default.GuidanceScale)
            throw new ArgumentException($"{(above is null ? GuidanceBelow : GuidanceAbove).Name} limits guidance, but {Guidance.Name} is 1, which means no guidance; raise it.");
        return new() { LowestSigma = above ?? 0, HighestSigma = below ?? double.PositiveInfinity };
    }

    // Null where it is not wanted.
    private static GuidanceProjection? ProjectionOf(ParseResult parsed)
    {
        var (share, norm) = (parsed.GetValue(Projection), parsed.GetValue(LargestNorm));
        if (share is null && norm is null)
            return null;
        if (share is null)
            throw new ArgumentException($"{LargestNorm.Name} is about projected guidance; give {Projection.Name} as well, usually 0.");
        if (GuidanceOf(parsed) == Default.GuidanceScale)
            throw new ArgumentException($"{Projection.Name} projects guidance, but {Guidance.Name} is 1, which means no guidance; raise it.");
        if (parsed.GetValue(GuidanceRescale) != 0)
            throw new ArgumentException($"{Projection.Name} and {GuidanceRescale.Name} both limit the contrast of guidance; give one of them.");
        return new() { ParallelShare = share.Value, LargestNorm = norm };
    }

    /// <summary>Gets the guidance scale; if none is given, the usual one for prompts.</summary>
    public static double GuidanceOf(ParseResult parsed) =>
        PromptOptions.AreGiven(parsed) && parsed.GetResult(Guidance) is not { Implicit: false } ? PromptGuidance : parsed.GetValue(Guidance);

    /// <summary>Reads how images are made.</summary>
    /// <exception cref="ArgumentException">A value does not fit the model.</exception>
    public static GenerationSettings ReadSettings(ParseResult parsed, LatentDiffusionConfig config)
    {
        var strength = parsed.GetValue(Strength) ?? 1;
        if (strength is not (> 0 and <= 1))
            throw new ArgumentException($"{Strength.Name} is {strength}; it must be above 0 and at most 1.");
        return new()
        {
            Sampling = SamplerOptions.Read(parsed, config.Sampling, config.Schedule, strength),
            GuidanceScale = GuidanceOf(parsed), GuidanceRescale = parsed.GetValue(GuidanceRescale),
            GuidanceInterval = IntervalOf(parsed), GuidanceProjection = ProjectionOf(parsed),
            Strength = strength, ImageRule = parsed.GetValue(Rule), Width = parsed.GetValue(Width), Height = parsed.GetValue(Height),
        };
    }

    /// <summary>Checks that the inputs that the model needs are given, and makes their reader.</summary>
    /// <exception cref="ArgumentException">Something is missing or has no use; the message says which option to give.</exception>
    public static InitialImages ReaderFor(ParseResult parsed, LatentDiffusionModel model)
    {
        var enlarges = model.Config.Conditioning is ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage };
        var paints = model.Config.Conditioning is ConcatenatedConditioning && !enlarges;
        if (enlarges && (parsed.GetValue(Init) is null || parsed.GetValue(Mask) is not null || parsed.GetValue(Strength) is not null))
            throw new ArgumentException("This is a super-resolution model; give the small images with --init, and neither --mask nor --strength.");
        if (paints && parsed.GetValue(Mask) is null)
            throw new ArgumentException("This is an inpainting model; give images with --init, and masks of what to paint with --mask.");
        var factor = enlarges ? model.Autoencoder.Config.DownsampleFactor : 1;
        return new()
        {
            Width = (parsed.GetValue(Width) ?? model.DefaultWidth) / factor, Height = (parsed.GetValue(Height) ?? model.DefaultHeight) / factor,
            Fit = parsed.GetValue(Fit), MaximumPixels = parsed.GetValue(MaximumPixels),
        };
    }
}
