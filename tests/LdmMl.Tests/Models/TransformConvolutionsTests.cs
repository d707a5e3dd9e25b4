using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Generation;
using LdmMl.Tests.Scoring;
using LdmMl.Tests.Training;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML;

namespace LdmMl.Tests.Models;

/// <summary>The convolution mode of transforms: that of their options, or else of their model.</summary>
[Collection(nameof(Alone))]
public class TransformConvolutionsTests
{
    private readonly MLContext context = new(seed: 1);

    [Theory]
    [InlineData(null, ConvolutionMode.Exact)]
    [InlineData(ConvolutionMode.Auto, ConvolutionMode.Auto)]
    [InlineData(ConvolutionMode.Direct, ConvolutionMode.Direct)]
    public void A_transform_uses_the_mode_of_its_options_or_else_of_its_model(ConvolutionMode? option, ConvolutionMode expected)
    {
        using AutoencoderModel kl = TestAutoencoders.Kl(), autoencoder = kl.With(ConvolutionMode.Exact);
        using PerceptualModel small = PairRows.SmallModel(), perceptual = small.With(ConvolutionMode.Exact);
        using LatentDiffusionModel made = SmallDiffusion.Create(), diffusion = made.With(ConvolutionMode.Exact);
        IDataView images = ImageRows.Load(context), pairs = context.Data.LoadFromEnumerable(PairRows.Create(1));
        var seeds = context.Data.LoadFromEnumerable(SeedRows.Create(1));

        using var reconstruction = (ModelTransformer<AutoencoderModel>)context.Transforms.ReconstructImages(
            autoencoder, new ReconstructImagesOptions { OutputColumnName = "Image", Convolutions = option }).Fit(images);
        using var distance = (ModelTransformer<PerceptualModel>)context.Transforms
            .ScorePerceptualDistance(perceptual, PairRows.Options with { Convolutions = option }).Fit(pairs);
        using var generation = (ModelTransformer<LatentDiffusionModel>)context.Transforms
            .GenerateImages(diffusion, SeedRows.Options with { Convolutions = option }).Fit(seeds);

        Assert.Equal(expected, reconstruction.Model.Convolutions);
        Assert.Equal(expected, distance.Model.Convolutions);
        Assert.Equal((expected, expected), (generation.Model.Convolutions, generation.Model.Autoencoder.Convolutions));
        Assert.Same(autoencoder.Network, reconstruction.Model.Network);
    }

    [Fact]
    public void A_mode_that_does_not_exist_is_refused_before_any_work()
    {
        using var autoencoder = TestAutoencoders.Kl();
        var decoding = new DecodeLatentsOptions { OutputColumnName = "Out", Convolutions = (ConvolutionMode)7 };
        var training = new AutoencoderEstimatorOptions { Convolutions = (ConvolutionMode)7 };

        Assert.All<Action>(
            [
                () => context.Transforms.DecodeLatents(autoencoder, decoding),
                () => context.LatentDiffusion().Trainers.Autoencoder(training),
            ],
            door =>
            {
                var error = Assert.Throws<ArgumentOutOfRangeException>(door);
                Assert.Equal("Convolutions", error.ParamName);
                Assert.StartsWith("There is no such convolution mode; use Auto, Exact or Direct.", error.Message, StringComparison.Ordinal);
            });
    }

    [Fact]
    public void Trained_transformers_use_the_mode_of_their_estimators_options()
    {
        var rows = DiffusionRows.Load(context);
        var first = DiffusionRows.FirstStage with { Convolutions = ConvolutionMode.Exact };
        var second = DiffusionRows.Quick with
        {
            Generation = DiffusionRows.Quick.Generation with { Convolutions = ConvolutionMode.Direct },
        };
        using var autoencoder = context.LatentDiffusion().Trainers.Autoencoder(first).Fit(rows);
        using var diffusion = context.LatentDiffusion().Trainers.Diffusion(second with { FirstStage = autoencoder }).Fit(rows);

        Assert.Equal(ConvolutionMode.Exact, autoencoder.Model.Convolutions);
        Assert.Equal((ConvolutionMode.Direct, ConvolutionMode.Direct), (diffusion.Model.Convolutions, diffusion.Model.Autoencoder.Convolutions));
    }
}
