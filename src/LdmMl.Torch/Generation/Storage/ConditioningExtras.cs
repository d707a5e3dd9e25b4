using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>
/// What a model is told, as a folder says it: by this library's own words, or by the shape of the U-Net in folders of other origin.
/// </summary>
internal static class ConditioningExtras
{
    private const string Labels = "labels";
    private const string Context = "context";
    private const string Concatenated = "concatenated";

    public static PipelineExtras Of(Conditioning conditioning) => conditioning switch
    {
        LabelConditioning labels => new()
        {
            Conditioning = Labels,
            LabelCount = labels.Count,
            Labels = labels.Names.Count == 0 ? null : labels.Names,
            LabelInput = labels.Input.ToString(),
            NullLabel = labels.HasNullLabel,
        },
        ContextConditioning context => new() { Conditioning = Context, ContextTokens = context.Tokens },
        ConcatenatedConditioning concatenated => new()
        {
            Conditioning = Concatenated,
            ConcatenatedInput = concatenated.Input.ToString(),
            ContextTokens = concatenated.Context?.Tokens,
        },
        _ => new() { Conditioning = "none" },
    };

    /// <exception cref="InvalidDataException">The folder does not say it, or it is nothing that this library generates with.</exception>
    public static Conditioning Read(PipelineExtras? extras, UNetConfig unet, AutoencoderConfig autoencoder) => extras?.Conditioning switch
    {
        "none" => Conditioning.None,
        Labels => new LabelConditioning
        {
            Count = extras.LabelCount ?? throw new InvalidDataException("its '_ldmml.label_count' is missing."),
            Names = extras.Labels ?? [],
            Input = Parse<LabelInput>(extras.LabelInput, "label_input"),
            HasNullLabel = extras.NullLabel ?? false,
        },
        Context => ContextOf(extras, unet),
        Concatenated => new ConcatenatedConditioning
        {
            Input = Parse<ConcatenatedInput>(extras.ConcatenatedInput, "concatenated_input"),
            Context = unet.ContextDimension is null ? null : ContextOf(extras, unet),
        },
        null => Guess(unet, autoencoder),
        var other => throw new InvalidDataException(
            $"its '_ldmml.conditioning' is '{other}'; supported are none, {Labels}, {Context} and {Concatenated}."),
    };

    // Folders of diffusers' own do not say it.
    private static Conditioning Guess(UNetConfig unet, AutoencoderConfig autoencoder)
    {
        var beside = unet.InputChannels - autoencoder.LatentChannels;
        var context = unet.ContextDimension is null ? null : ContextOf(extras: null, unet);
        if (unet.LabelCount is { } labels)
        {
            return beside == 0 && context is null
                ? new LabelConditioning { Count = labels }
                : throw new InvalidDataException("its U-Net takes labels beside tokens or images; this library generates with either, not both.");
        }

        if (beside == 0)
            return context ?? Conditioning.None;
        if (beside == autoencoder.LatentChannels + 1)
            return new ConcatenatedConditioning { Input = ConcatenatedInput.MaskThenMaskedImage, Context = context };
        if (beside == autoencoder.ImageChannels)
            return new ConcatenatedConditioning { Input = ConcatenatedInput.LowResolutionImage, Context = context };
        throw new InvalidDataException(
            $"its U-Net takes {unet.InputChannels} channels for latents of {autoencoder.LatentChannels}; this library knows what to lay beside them "
            + $"for {autoencoder.ImageChannels} more (super-resolution) and {autoencoder.LatentChannels + 1} more (inpainting).");
    }

    private static ContextConditioning ContextOf(PipelineExtras? extras, UNetConfig unet)
    {
        var dimension = unet.ContextDimension ?? throw new InvalidDataException("its U-Net has no cross-attention.");
        var context = new ContextConditioning { Dimension = dimension };
        return extras?.ContextTokens is { } tokens ? context with { Tokens = tokens } : context;
    }

    private static T Parse<T>(string? text, string key)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, out var value) && Enum.IsDefined(value)
            ? value
            : throw new InvalidDataException($"its '_ldmml.{key}' is '{text}'; supported are {string.Join(", ", Enum.GetNames<T>())}.");
}
