using System.CommandLine;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Commands;

/// <summary>Opens any model: a whole latent diffusion model, an autoencoder, or a perceptual distance.</summary>
internal static class AnyModel
{
    /// <summary>The models that can be opened, for the help of an argument.</summary>
    public const string Description = "An autoencoder, a whole latent diffusion model or a perceptual distance: a name that 'ldmml models' lists, "
        + "a diffusers folder, a .ckpt or .safetensors file (with its YAML if it has one), or TAESD files";

    /// <summary>Opens it.</summary>
    /// <returns>A <c>LatentDiffusionModel</c>, an <c>AutoencoderModel</c> or a <see cref="PerceptualModel"/>.</returns>
    /// <exception cref="CheckpointException">It is none of them; the message describes why it is not the most likely one.</exception>
    public static IDisposable Open(ParseResult parsed, ModelOptions opening, string path) =>
        WholeModel.MayBe(path) ? OpenWhole(parsed, opening, path) : OpenPart(parsed, opening, path);

    // A file next to the YAML file of a whole model may contain only its autoencoder.
    private static IDisposable OpenWhole(ParseResult parsed, ModelOptions opening, string path)
    {
        try
        {
            return opening.LoadDiffusion(parsed, path);
        }
        catch (CheckpointException) when (File.Exists(path) && Try(() => OpenPart(parsed, opening, path)) is { } part)
        {
            return part;
        }
    }

    private static IDisposable OpenPart(ParseResult parsed, ModelOptions opening, string path)
    {
        try
        {
            return opening.Load(parsed, path);
        }
        catch (CheckpointException) when (File.Exists(path) && Try(() => opening.LoadDiffusion(parsed, path)) is { } whole)
        {
            return whole;                                        // recognised by its keys, without a YAML
        }
        catch (CheckpointException) when (File.Exists(path) && Try(() => OpenPerceptual(path)) is { } perceptual)
        {
            return perceptual;
        }
    }

    private static PerceptualModel OpenPerceptual(string path)
    {
        try
        {
            return PerceptualModel.Load(path);
        }
        catch (CheckpointException)
        {
            return PerceptualModel.LoadUncalibrated(path);
        }
    }

    private static IDisposable? Try(Func<IDisposable> open)
    {
        try
        {
            return open();
        }
        catch (CheckpointException)
        {
            return null;
        }
    }
}
