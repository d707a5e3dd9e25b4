using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training;

public class LatentScaleTests
{
    [Fact]
    public void Both_trainers_measure_the_same_latent_scale()
    {
        using var made = TinyModels.Kl();
        var images = new ToyImages(20);
        using var first = new AutoencoderTrainer(made, new() { Steps = 1, LearningRate = 1e-12 }).Train(images);
        var options = new DiffusionTrainingOptions { UNet = TinyModels.UNetConfig, Steps = 1, LatentVariation = LatentVariation.Mean };
        using var unscaled = first.Model.WithLatentScale(1);
        using var second = new DiffusionTrainer(unscaled, options).Train(images);

        Assert.Equal(first.Model.Config.LatentScale, second.Model.Autoencoder.Config.LatentScale, first.Model.Config.LatentScale * 1e-6);
    }

    [Fact]
    public void The_variance_of_posterior_samples_is_included()
    {
        using var autoencoder = TinyModels.Kl();
        var images = new ToyImages(20);
        var options = new DiffusionTrainingOptions { UNet = TinyModels.UNetConfig, Steps = 1 };
        using var means = new DiffusionTrainer(autoencoder, options with { LatentVariation = LatentVariation.Mean }).Train(images);
        using var samples = new DiffusionTrainer(autoencoder, options).Train(images);

        Assert.True(samples.Model.Autoencoder.Config.LatentScale < means.Model.Autoencoder.Config.LatentScale);
    }

    [Fact]
    public void An_evenly_spread_subset_of_many_images_is_measured()
    {
        Assert.Equal([0, 1, 2], LatentScale.RowsOf(3));
        Assert.Equal(1024, LatentScale.RowsOf(4096).Count());
        Assert.Equal(4, LatentScale.RowsOf(4096).ElementAt(1));
    }
}
