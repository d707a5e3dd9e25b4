using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using static LdmMl.Torch.Models.Autoencoders.Storage.DiffusersAutoencoder;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>Reads an autoencoder's config from diffusers' <c>config.json</c>. Missing keys have diffusers' defaults.</summary>
internal static class DiffusersAutoencoderReading
{
    private const string Means = "latents_mean";
    private const string Deviations = "latents_std";

    /// <summary>Determines whether a class is a tiny autoencoder, whose weights are named differently.</summary>
    public static bool IsTiny(ConfigMap file) => file.Text(ClassNameKey) is Tiny or OwnTiny;

    /// <summary>Reads the config.</summary>
    /// <param name="file">The file.</param>
    /// <param name="weights">The weights under this library's keys; a tiny autoencoder's shape is inferred from them.</param>
    /// <exception cref="InvalidDataException">The config describes something that this library does not have.</exception>
    public static AutoencoderConfig ToConfig(ConfigMap file, StateDictionary weights)
    {
        var extras = file.Map(ExtrasKey);
        AutoencoderConfig config = file.Text(ClassNameKey) switch
        {
            Kl or OwnKl => ReadKl(file, extras),
            Vq or OwnVq => ReadVq(file, extras),
            Tiny or OwnTiny => TinyAutoencoderReading.ToConfig(file, TinyFiles.InferConfig(weights)),
            var other => throw new InvalidDataException($"its '{ClassNameKey}' is '{other}'; supported are {Kl}, {Vq} and {Tiny}."),
        };
        RefuseUnknown(file);
        extras?.RefuseUnread();
        return config;
    }

    private static ConvolutionalAutoencoderConfig ReadKl(ConfigMap file, ConfigMap? extras)
    {
        var bottleneck = file.Integer("latent_channels") ?? 4;
        var levels = DiffusersLevels.Read(file, extras);
        var channels = ReadChannels(file);
        return levels.Apply(new KlAutoencoderConfig
        {
            BaseChannels = levels.BaseChannels,
            ChannelMultipliers = levels.Multipliers,
            LatentChannels = extras?.Integer("embed_dim") ?? bottleneck,
            BottleneckChannels = bottleneck,
            LatentScale = Scale(file, usual: KlAutoencoderConfig.StableDiffusionLatentScale),
            LatentMeans = channels?.Means,
            LatentDeviations = channels?.Deviations,
        });
    }

    // diffusers applies them only where both are given.
    private static (double[] Means, double[] Deviations)? ReadChannels(ConfigMap file)
    {
        var (means, deviations) = (file.Numbers(Means), file.Numbers(Deviations));
        if (AreNeutral(means, deviations))
            return null;
        if (means is null || deviations is null)
            throw file.Unsupported(means is null ? Deviations : Means, $"'{Means}' together with '{Deviations}'");
        return (means, deviations);
    }

    private static bool AreNeutral(double[]? means, double[]? deviations) =>
        (means ?? []).All(mean => mean == 0) && (deviations ?? []).All(deviation => deviation == 1);

    private static ConvolutionalAutoencoderConfig ReadVq(ConfigMap file, ConfigMap? extras)
    {
        if ((file.Text("norm_type") ?? "group") != "group")
            throw file.Unsupported("norm_type", "group");
        file.Ignore("lookup_from_codebook");                     // only affects how diffusers calls its decoder
        var bottleneck = file.Integer("latent_channels") ?? 3;
        var levels = DiffusersLevels.Read(file, extras);
        return levels.Apply(new VqAutoencoderConfig
        {
            BaseChannels = levels.BaseChannels,
            ChannelMultipliers = levels.Multipliers,
            LatentChannels = file.Integer("vq_embed_dim") ?? bottleneck,
            BottleneckChannels = bottleneck,

            // The first published folders have no such key, and their models were trained on unscaled latents.
            LatentScale = Scale(file, usual: 1),
            CodebookSize = file.Integer("num_vq_embeddings") ?? 256,
            CommitmentWeight = extras?.Number("beta") ?? 0.25,
            LegacyCommitment = extras?.Truth("legacy") ?? false,
            SpatialIndices = extras?.Truth("sane_index_shape") ?? false,
            UsedEntries = extras?.Integer("used_entries") ?? 0,
            UnknownIndexPolicy = Policy(extras),
            UnknownIndex = extras?.Integer("unknown_index") ?? 0,
        });
    }

    // Null means that latents are not scaled.
    private static double Scale(ConfigMap file, double usual) => file.Number("scaling_factor") ?? (file.Contains("scaling_factor") ? 1 : usual);

    private static UnknownIndexPolicy Policy(ConfigMap? extras) => extras?.Text("unknown_index_policy") switch
    {
        null => UnknownIndexPolicy.Random,
        var text => Enum.TryParse<UnknownIndexPolicy>(text, out var policy) ? policy : throw extras.Unsupported("unknown_index_policy"),
    };

    private static void RefuseUnknown(ConfigMap file)
    {
        file.Ignore("force_upcast", "use_tiling", "use_slicing");   // these affect how the same results are computed
        file.RefuseUnread();
    }
}
