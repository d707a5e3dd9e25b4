using System.Globalization;
using LdmMl.Torch.Checkpoints.CompVis;

namespace LdmMl.Torch.Models.UNets.Storage;

/// <summary>Turns what CompVis says of a U-Net into a config, and back.</summary>
internal static class CompVisUNetMapping
{
    private const string Vector = "sequential";

    /// <exception cref="InvalidDataException">It describes something that this library does not have.</exception>
    public static UNetConfig ToConfig(CompVisUNet unet)
    {
        Require(unet.NumHeads > 0 || unet.NumHeadChannels > 0 || unet.LevelHeads is not null,
            "it needs 'num_heads' or 'num_head_channels', and has neither.");
        Require(unet.UseSpatialTransformer == unet.ContextDim is not null,
            "'use_spatial_transformer' and 'context_dim' belong together, and it has only one of them.");
        Require(unet.NumClasses != Vector || unet.AdmInChannels is not null,
            $"its 'num_classes' is {Vector}, which needs 'adm_in_channels'.");
        return new UNetConfig
        {
            InputChannels = unet.InChannels,
            OutputChannels = unet.OutChannels,
            BaseChannels = unet.ModelChannels,
            ChannelMultipliers = unet.ChannelMult,
            ResidualBlocks = unet.NumResBlocks,
            AttentionFactors = unet.AttentionResolutions,
            Heads = unet.NumHeads > 0 ? unet.NumHeads : 1,
            HeadChannels = Given(unet.NumHeadChannels),
            UpsampleHeads = Given(unet.NumHeadsUpsample),
            LevelHeads = unet.LevelHeads,
            LegacyHeads = unet.Legacy,
            AttentionOrder = unet.UseNewAttentionOrder ? AttentionOrder.ProjectionsFirst : AttentionOrder.HeadsFirst,
            ContextDimension = unet.ContextDim,
            TransformerDepth = unet.TransformerDepth,
            LinearProjections = unet.UseLinearInTransformer,
            TimestepInjection = unet.UseScaleShiftNorm ? TimestepInjection.ScaleAndShift : TimestepInjection.Shift,
            Resampling = unet.ResblockUpdown ? UNetResampling.ResidualBlock
                : unet.ConvResample ? UNetResampling.Convolution : UNetResampling.Plain,
            LabelCount = unet.NumClasses is null or Vector ? null : LabelCount(unet.NumClasses),
            VectorDimension = unet.NumClasses == Vector ? unet.AdmInChannels : null,
            CodebookSize = unet.NEmbed,
            Dropout = unet.Dropout,
            NormGroups = unet.NormGroups,
        };
    }

    public static CompVisUNet FromConfig(UNetConfig config) => new()
    {
        InChannels = config.InputChannels,
        OutChannels = config.OutputChannels,
        ModelChannels = config.BaseChannels,
        ChannelMult = config.ChannelMultipliers,
        NumResBlocks = config.ResidualBlocks,
        AttentionResolutions = config.AttentionFactors,
        NumHeads = config.Heads,
        NumHeadChannels = config.HeadChannels ?? -1,
        NumHeadsUpsample = config.UpsampleHeads ?? -1,
        LevelHeads = config.LevelHeads,
        Legacy = config.LegacyHeads,
        UseNewAttentionOrder = config.AttentionOrder == AttentionOrder.ProjectionsFirst,
        UseSpatialTransformer = config.ContextDimension is not null,
        ContextDim = config.ContextDimension,
        TransformerDepth = config.TransformerDepth,
        UseLinearInTransformer = config.LinearProjections,
        UseScaleShiftNorm = config.TimestepInjection == TimestepInjection.ScaleAndShift,
        ResblockUpdown = config.Resampling == UNetResampling.ResidualBlock,
        ConvResample = config.Resampling != UNetResampling.Plain,
        NumClasses = config.VectorDimension is not null ? Vector : config.LabelCount?.ToString(CultureInfo.InvariantCulture),
        AdmInChannels = config.VectorDimension,
        NEmbed = config.CodebookSize,
        Dropout = config.Dropout,
        NormGroups = config.NormGroups,
    };

    private static int? Given(int number) => number > 0 ? number : null;

    private static int LabelCount(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        ? count
        : throw new InvalidDataException($"its 'num_classes' is '{text}'; supported are a number and {Vector}.");

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new InvalidDataException(message);
    }
}
