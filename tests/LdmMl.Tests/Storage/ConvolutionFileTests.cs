using LdmMl.Models;
using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Scoring;
using LdmMl.Tests.Training;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Transforms.Generate;
using LdmMl.Transforms.ScorePerceptual;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Storage;

/// <summary>A stored transformer keeps its convolution mode, so that it gives the same values.</summary>
[Collection(nameof(Alone))]
public class ConvolutionFileTests
{
    private readonly MLContext context = new(seed: 1);

    [Fact]
    public void Every_transformer_of_a_chain_keeps_its_own_mode_in_a_file()
    {
        using AutoencoderModel autoencoder = TestAutoencoders.Kl(), direct = autoencoder.With(ConvolutionMode.Direct);
        using PerceptualModel small = PairRows.SmallModel(), perceptual = small.With(ConvolutionMode.Exact);
        using LatentDiffusionModel made = SmallDiffusion.Create(), diffusion = made.With(ConvolutionMode.Direct);
        var rows = ImageRows.Load(context);
        using var chain = context.Transforms.EncodeImages("Latent", direct, "Image")
            .Append(context.Transforms.DecodeLatents(
                autoencoder, new DecodeLatentsOptions { OutputColumnName = "Decoded", InputColumnName = "Latent", Convolutions = ConvolutionMode.Exact }))
            .Append(context.Transforms.ReconstructImages("Reconstruction", autoencoder, "Image"))
            .Append(context.Transforms.ScorePerceptualDistance("Distance", perceptual, "Image", "Reconstruction"))
            .Append((IEstimator<ITransformer>)context.Transforms.GenerateImages("Generated", diffusion))
            .Fit(rows);

        using var loaded = Reload(chain, rows.Schema);

        ModelTransformer<AutoencoderModel>[] holders = [.. loaded.OfType<ModelTransformer<AutoencoderModel>>()];
        Assert.Equal([ConvolutionMode.Direct, ConvolutionMode.Exact, ConvolutionMode.Auto], holders.Select(holder => holder.Model.Convolutions));
        Assert.Single(holders.Select(holder => holder.Model.Network).Distinct());
        Assert.Equal(ConvolutionMode.Exact, loaded.OfType<ScorePerceptualDistanceTransformer>().Single().Model.Convolutions);
        var generator = loaded.OfType<GenerateImagesTransformer>().Single().Model;
        Assert.Equal((ConvolutionMode.Direct, ConvolutionMode.Direct), (generator.Convolutions, generator.Autoencoder.Convolutions));
        AssertSame(chain.Transform(rows), loaded.Transform(rows));
    }

    [Fact]
    public void Trained_transformers_keep_their_mode_in_a_file()
    {
        var rows = DiffusionRows.Load(context);
        var first = DiffusionRows.FirstStage with { Convolutions = ConvolutionMode.Exact };
        var second = DiffusionRows.Quick with
        {
            Generation = DiffusionRows.Quick.Generation with { Convolutions = ConvolutionMode.Direct },
        };
        var trainers = context.LatentDiffusion().Trainers;
        using var chain = trainers.Autoencoder(first).Append((IEstimator<ITransformer>)trainers.Diffusion(second)).Fit(rows);

        using var loaded = Reload(chain, rows.Schema);

        Assert.Equal(ConvolutionMode.Exact, loaded.OfType<TrainedAutoencoderTransformer>().Single().Model.Convolutions);
        Assert.Equal(ConvolutionMode.Direct, loaded.OfType<TrainedDiffusionTransformer>().Single().Model.Convolutions);
    }

    [Fact]
    public void A_version_1_file_without_a_convolution_mode_opens_as_auto_and_saves_it()
    {
        var file = Path.Combine(RealData.Repository, "tests", "LdmMl.Tests", "Storage", "Files", "first-version.zip");
        using var loaded = (TransformerChain<ITransformer>)context.Model.Load(file, out var schema);
        var rows = context.Data.LoadFromEnumerable(
            Enumerable.Range(0, 2).Select(i => new FirstVersionRow { Seed = i, Image = ImageRows.Picture(i, FirstVersionRow.Side, FirstVersionRow.Side) }));

        Assert.Equal(4, loaded.OfType<ModelTransformer<AutoencoderModel>>().Count());
        Assert.All(loaded.OfType<ModelTransformer<AutoencoderModel>>(), holder => Assert.Equal(ConvolutionMode.Auto, holder.Model.Convolutions));
        Assert.Equal(ConvolutionMode.Auto, loaded.OfType<ScorePerceptualDistanceTransformer>().Single().Model.Convolutions);
        Assert.Equal(ConvolutionMode.Auto, loaded.OfType<GenerateImagesTransformer>().Single().Model.Convolutions);
        using var again = Reload(loaded, schema);
        AssertSame(loaded.Transform(rows), again.Transform(rows));
    }

    private TransformerChain<ITransformer> Reload(ITransformer transformer, DataViewSchema schema)
    {
        using var file = new MemoryStream();
        context.Model.Save(transformer, schema, file);
        file.Position = 0;
        return (TransformerChain<ITransformer>)context.Model.Load(file, out _);
    }

    private static void AssertSame(IDataView expected, IDataView actual)
    {
        Assert.Equal(ImageRows.Latents(expected), ImageRows.Latents(actual));
        Assert.Equal(expected.GetColumn<float>("Distance"), actual.GetColumn<float>("Distance"));
        Assert.All(["Decoded", "Reconstruction", "Generated"], column => Assert.Equal(ImageRows.Pixels(expected, column), ImageRows.Pixels(actual, column)));
    }

    private sealed class FirstVersionRow
    {
        public const int Side = 8;

        public long Seed { get; set; }

        [ImageType(Side, Side)]
        public MLImage Image { get; set; } = null!;
    }
}
