using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Training;

/// <summary>Rows to train a diffusion model on, the smallest models, and rows to generate from.</summary>
internal static class DiffusionRows
{
    public const int Side = ImageRows.Side;

    public static readonly AutoencoderEstimatorOptions FirstStage = new()
    {
        Network = new KlAutoencoderConfig
        {
            BaseChannels = 8, ChannelMultipliers = [1, 2], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false,
        },
        Training = new AutoencoderTrainingOptions { Steps = 2, BatchSize = 4, WarmupSteps = 0, Decay = LearningRateDecay.None },
    };

    public static readonly DiffusionEstimatorOptions Quick = new()
    {
        LabelColumnName = "Label",
        Training = new DiffusionTrainingOptions
        {
            Steps = 4, BatchSize = 4, WarmupSteps = 0, Sampling = new() { Steps = 2 },
            UNet = new UNetConfig
            {
                InputChannels = 2, OutputChannels = 2, BaseChannels = 8, ChannelMultipliers = [1, 2], ResidualBlocks = 1, NormGroups = 4,
            },
        },
    };

    public static AutoencoderModel Autoencoder() => AutoencoderModel.Create(FirstStage.Network, seed: 1);

    public static IDataView Load(MLContext context, int count = 11) => context.Data.LoadFromEnumerable(
        Enumerable.Range(0, count).Select(
            i => new Row { Label = i % 2 == 0 ? "even" : "odd", Number = i % 2, Image = ImageRows.Picture(i, Side, Side) }));

    public static IDataView Seeds(MLContext context, params (long Seed, string Label)[] rows) =>
        context.Data.LoadFromEnumerable(rows.Select(row => new SeedRow { Seed = row.Seed, Label = row.Label }).ToArray());

    internal sealed class Row
    {
        public string Label { get; set; } = "";

        public int Number { get; set; }

        public string Caption => $"an {Label} picture";

        public string[] Wordings => [Label, Caption];

        [ImageType(Side, Side)]
        public MLImage Image { get; set; } = null!;
    }

    internal sealed class SeedRow
    {
        public long Seed { get; set; }

        public string Label { get; set; } = "";
    }
}
