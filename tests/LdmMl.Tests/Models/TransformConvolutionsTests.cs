using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Generation;
using LdmMl.Tests.Scoring;
using LdmMl.Tests.Training;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tests.Generation;
using Microsoft.ML;

namespace LdmMl.Tests.Models;

/// <summary>How transforms convolve: as their options say, and otherwise as their model was opened.</summary>
[Collection(nameof(Alone))]
public class TransformConvolutionsTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(null, ConvolutionMode.Exact)]
    [InlineData(ConvolutionMode.Auto, ConvolutionMode.Auto)]
    [InlineData(ConvolutionMode.Direct, ConvolutionMode.Direct)]
    public void A_transform_convolves_as_its_options_say_and_otherwise_as_its_model(ConvolutionMode? option, ConvolutionMode expected)
    {
        using AutoencoderModel kl = TestAutoencoders.Kl(), autoencoder = kl.With(ConvolutionMode.Exact);
        using PerceptualModel small = PairRows.SmallModel(), perceptual = small.With(ConvolutionMode.Exact);
        using LatentDiffusionModel made = SmallDiffusion.Create(), diffusion = made.With(ConvolutionMode.Exact);
        IDataView images = ImageRows.Load(_context), pairs = _context.Data.LoadFromEnumerable(PairRows.Create(1));
        IDataView seeds = _context.Data.LoadFromEnumerable(SeedRows.Create(1));

        using ReconstructImagesTransformer reconstruction = _context.Transforms.ReconstructImages(
            autoencoder, new ReconstructImagesOptions { OutputColumnName = "Image", Convolutions = option }).Fit(images);
        using ScorePerceptualDistanceTransformer distance
            = _context.Transforms.ScorePerceptualDistance(perceptual, PairRows.Options with { Convolutions = option }).Fit(pairs);
        using GenerateImagesTransformer generation
            = _context.Transforms.GenerateImages(diffusion, SeedRows.Options with { Convolutions = option }).Fit(seeds);

        Assert.Equal(expected, reconstruction.Model.Convolutions);
        Assert.Equal(expected, distance.Model.Convolutions);
        Assert.Equal((expected, expected), (generation.Model.Convolutions, generation.Model.Autoencoder.Convolutions));
        Assert.Same(autoencoder.Network, reconstruction.Model.Network);
    }

    [Fact]
    public void A_mode_that_does_not_exist_is_refused_before_any_work()
    {
        using AutoencoderModel autoencoder = TestAutoencoders.Kl();
        var decoding = new DecodeLatentsOptions { OutputColumnName = "Out", Convolutions = (ConvolutionMode)7 };
        var training = new AutoencoderEstimatorOptions { Convolutions = (ConvolutionMode)7 };

        Assert.All<Action>(
            [
                () => _context.Transforms.DecodeLatents(autoencoder, decoding),
                () => _context.LatentDiffusion().Trainers.Autoencoder(training),
            ],
            door =>
            {
                var error = Assert.Throws<ArgumentOutOfRangeException>(door);
                Assert.Equal("Convolutions", error.ParamName);
                Assert.StartsWith("There is no such way to convolve; take Auto, Exact or Direct.", error.Message, StringComparison.Ordinal);
            });
    }

    [Fact]
    public void Trained_transformers_convolve_as_the_options_of_their_estimators_say()
    {
        IDataView rows = DiffusionRows.Load(_context);
        AutoencoderEstimatorOptions first = DiffusionRows.FirstStage with { Convolutions = ConvolutionMode.Exact };
        DiffusionEstimatorOptions second = DiffusionRows.Quick with
        {
            Generation = DiffusionRows.Quick.Generation with { Convolutions = ConvolutionMode.Direct },
        };
        using TrainedAutoencoderTransformer autoencoder = _context.LatentDiffusion().Trainers.Autoencoder(first).Fit(rows);
        using TrainedDiffusionTransformer diffusion = _context.LatentDiffusion().Trainers.Diffusion(second with { FirstStage = autoencoder }).Fit(rows);

        Assert.Equal(ConvolutionMode.Exact, autoencoder.Model.Convolutions);
        Assert.Equal((ConvolutionMode.Direct, ConvolutionMode.Direct), (diffusion.Model.Convolutions, diffusion.Model.Autoencoder.Convolutions));
    }
}
