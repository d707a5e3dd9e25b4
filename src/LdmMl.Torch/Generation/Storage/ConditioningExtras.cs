using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>
/// A model's conditioning as described by a folder: in this library's own keys or, in other folders, inferred from the U-Net's shape.
/// </summary>
internal static class ConditioningExtras
{
    private const string Labels = "labels";
    private const string Context = "context";
    private const string Concatenated = "concatenated";

    private const string KindKey = "conditioning";
    private const string CountKey = "label_count";
    private const string NamesKey = "labels";
    private const string LabelInputKey = "label_input";
    private const string NullKey = "null_label";
    private const string TokensKey = "context_tokens";
    private const string InputKey = "concatenated_input";
    private const string ZeroKey = "zero_without_negative";

    /// <summary>Describes a conditioning, for <c>_ldmml</c> in <c>model_index.json</c>.</summary>
    public static JsonObject Write(Conditioning conditioning)
    {
        var json = WriteKind(conditioning);
        if (conditioning.CrossAttention?.Vector is { ZeroWithoutNegative: false })
            json[ZeroKey] = false;
        return json;
    }

    private static JsonObject WriteKind(Conditioning conditioning) => conditioning switch
    {
        LabelConditioning labels => WriteLabels(labels),
        ContextConditioning context => new() { [KindKey] = Context, [TokensKey] = context.Tokens },
        ConcatenatedConditioning { Context: { } context } concatenated => new()
        {
            [KindKey] = Concatenated,
            [TokensKey] = context.Tokens,
            [InputKey] = concatenated.Input.ToString(),
        },
        ConcatenatedConditioning concatenated => new() { [KindKey] = Concatenated, [InputKey] = concatenated.Input.ToString() },
        _ => new() { [KindKey] = "none" },
    };

    /// <summary>Reads the description written by <see cref="Write"/>, or infers it from the networks.</summary>
    /// <param name="extras">The description; null in folders that diffusers wrote.</param>
    /// <param name="unet">The U-Net.</param>
    /// <param name="autoencoder">The first stage.</param>
    /// <param name="noise">The noise that an upscaler adds to the small image.</param>
    /// <param name="zeroWithoutNegative">Whether SDXL takes zeros instead of a negative prompt, if its pipeline says so.</param>
    /// <exception cref="InvalidDataException">It is ambiguous, or this library cannot generate with it.</exception>
    public static Conditioning Read(ConfigMap? extras, UNetConfig unet, AutoencoderConfig autoencoder, NoiseAugmentation? noise = null, bool? zeroWithoutNegative = null)
    {
        var zero = zeroWithoutNegative ?? extras?.Truth(ZeroKey) ?? true;
        return Read(extras, unet, autoencoder, noise) switch
        {
            ContextConditioning context => WithZero(context, zero),
            ConcatenatedConditioning { Context: { } context } concatenated => concatenated with { Context = WithZero(context, zero) },
            var other => other,
        };
    }

    private static ContextConditioning WithZero(ContextConditioning context, bool zero) =>
        context.Vector is { } vector ? context with { Vector = vector with { ZeroWithoutNegative = zero } } : context;

    private static Conditioning Read(ConfigMap? extras, UNetConfig unet, AutoencoderConfig autoencoder, NoiseAugmentation? noise) => extras?.Text(KindKey) switch
    {
        "none" => Conditioning.None,
        Labels => new LabelConditioning
        {
            Count = extras.Integer(CountKey) ?? throw new InvalidDataException($"its '_ldmml.{CountKey}' is missing."),
            Names = extras.Texts(NamesKey) ?? [],
            Input = Parse<LabelInput>(extras.Text(LabelInputKey), LabelInputKey),
            HasNullLabel = extras.Truth(NullKey) ?? false,
        },
        Context => ContextOf(extras, unet),
        Concatenated => new ConcatenatedConditioning
        {
            Input = Parse<ConcatenatedInput>(extras.Text(InputKey), InputKey),
            Context = unet.ContextDimension is null ? null : ContextOf(extras, unet),
            Noise = noise,
        },
        null => Guess(unet, autoencoder, noise),
        var other => throw new InvalidDataException(
            $"its '_ldmml.{KindKey}' is '{other}'; supported are none, {Labels}, {Context} and {Concatenated}."),
    };

    private static JsonObject WriteLabels(LabelConditioning labels)
    {
        var json = new JsonObject { [KindKey] = Labels, [CountKey] = labels.Count };
        if (labels.Names.Count > 0)
            json[NamesKey] = new JsonArray([.. labels.Names.Select(name => (JsonNode)name)]);
        json[LabelInputKey] = labels.Input.ToString();
        json[NullKey] = labels.HasNullLabel;
        return json;
    }

    // Folders that diffusers wrote do not say.
    private static Conditioning Guess(UNetConfig unet, AutoencoderConfig autoencoder, NoiseAugmentation? noise)
    {
        var beside = unet.InputChannels - autoencoder.LatentChannels;
        var context = unet.ContextDimension is null ? null : ContextOf(extras: null, unet);
        if (noise is not null && beside == autoencoder.ImageChannels)
            return new ConcatenatedConditioning { Input = ConcatenatedInput.LowResolutionImage, Context = context, Noise = noise };
        if (unet.LabelCount is { } labels)
        {
            return beside == 0 && context is null
                ? new LabelConditioning { Count = labels }
                : throw new InvalidDataException("its U-Net takes labels in addition to tokens or images; this library supports either, but not both.");
        }

        if (beside == 0)
            return context ?? Conditioning.None;
        if (beside == autoencoder.LatentChannels + 1)
            return new ConcatenatedConditioning { Input = ConcatenatedInput.MaskThenMaskedImage, Context = context };
        if (beside == autoencoder.ImageChannels)
            return new ConcatenatedConditioning { Input = ConcatenatedInput.LowResolutionImage, Context = context };
        throw new InvalidDataException(
            $"its U-Net takes {unet.InputChannels} channels for latents of {autoencoder.LatentChannels}; this library knows what to concatenate only "
            + $"for {autoencoder.ImageChannels} more (super-resolution) and {autoencoder.LatentChannels + 1} more (inpainting).");
    }

    private static ContextConditioning ContextOf(ConfigMap? extras, UNetConfig unet)
    {
        var dimension = unet.ContextDimension ?? throw new InvalidDataException("its U-Net has no cross-attention.");
        var context = new ContextConditioning { Dimension = dimension, Vector = VectorOf(unet) };
        return extras?.Integer(TokensKey) is { } tokens ? context with { Tokens = tokens } : context;
    }

    private static VectorConditioning? VectorOf(UNetConfig unet) => unet is { VectorDimension: { } whole, SizeDimension: { } sizes }
        ? new VectorConditioning { PooledDimension = whole - (VectorConditioning.SizeCount * sizes), SizeDimension = sizes }
        : null;

    private static T Parse<T>(string? text, string key)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, out var value) && Enum.IsDefined(value)
            ? value
            : throw new InvalidDataException($"its '_ldmml.{key}' is '{text}'; supported are {string.Join(", ", Enum.GetNames<T>())}.");
}
