namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>
/// The names in a diffusers <c>config.json</c> of an autoencoder, for reading and writing. What one of diffusers' classes can compute is written
/// under its name; anything else under a name that diffusers does not have, so that it refuses the file instead of computing something else.
/// </summary>
internal static class DiffusersAutoencoder
{
    public const string ClassNameKey = "_class_name";

    public const string Kl = "AutoencoderKL";

    public const string Vq = "VQModel";

    public const string Tiny = "AutoencoderTiny";

    public const string OwnKl = "LdmMlAutoencoderKL";

    public const string OwnVq = "LdmMlVQModel";

    public const string OwnTiny = "LdmMlAutoencoderTiny";

    /// <summary>The key for settings that diffusers does not have.</summary>
    public const string ExtrasKey = "_ldmml";

    /// <summary>Returns the class that computes what a config describes.</summary>
    public static string ClassOf(AutoencoderConfig config) => config switch
    {
        KlAutoencoderConfig kl => HasLevelsOfDiffusers(kl) && kl.LatentChannels == kl.BottleneckChannels ? Kl : OwnKl,
        VqAutoencoderConfig vq => HasLevelsOfDiffusers(vq) && vq is { LatentConvolutions: true, LatentShift: 0 } ? Vq : OwnVq,
        TinyAutoencoderConfig tiny => tiny.MiddleNormalization ? OwnTiny : Tiny,
        _ => throw new NotSupportedException($"{config.GetType().Name} cannot be stored."),
    };

    private static bool HasLevelsOfDiffusers(ConvolutionalAutoencoderConfig config) =>
        config is { TanhOutput: false, ResampleWithConvolution: true } && config.ChannelMultipliers[0] == 1;
}
