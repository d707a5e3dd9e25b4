using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Arguments;
using Microsoft.ML;

namespace LdmMl.Tests.Training;

/// <summary>Estimators whose rows are more than memory allows.</summary>
[Collection(nameof(Alone))]
public sealed class SpooledRowsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ldmml-spool-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(5 * 16 * 16 * 3)]
    public void An_autoencoder_learns_the_same_from_a_temporary_file(long memory)
    {
        float[] Latent(AutoencoderEstimatorOptions options)
        {
            var context = new MLContext(seed: 3);
            using var trained = context.LatentDiffusion().Trainers.Autoencoder(options).Fit(ImageRows.Load(context));
            return ImageRows.Latents(trained.Transform(ImageRows.Load(context)))[0];
        }

        var options = DiffusionRows.FirstStage with { ValidationFraction = 0.3 };
        Assert.Equal(Latent(options), Latent(options with { MaximumImageBytes = memory, SpoolFolder = folder.FullName }));
        Assert.Empty(folder.GetFiles());
    }

    [Fact]
    public void A_diffusion_model_learns_the_same_and_the_log_says_where_images_and_latents_are()
    {
        byte[]?[] Images(DiffusionEstimatorOptions options, List<string> log)
        {
            var context = new MLContext(seed: 3);
            context.Log += (_, message) => log.Add(message.RawMessage);
            using var autoencoder = DiffusionRows.Autoencoder();
            using var trained = context.LatentDiffusion().Trainers.Diffusion(options with { Autoencoder = autoencoder }).Fit(DiffusionRows.Load(context));
            return ImageRows.Pixels(trained.Transform(DiffusionRows.Seeds(context, (1, "even"), (2, "odd"))), "Generated");
        }

        List<string> inMemory = [], onDisk = [];
        var options = DiffusionRows.Quick with { ValidationFraction = 0.2 };
        var onDiskOptions = options with
        {
            MaximumImageBytes = 1000, SpoolFolder = folder.FullName, Training = options.Training with { LatentFolder = folder.FullName },
        };

        Assert.Equal(Images(options, inMemory), Images(onDiskOptions, onDisk));
        Assert.Contains(inMemory, line => line.StartsWith("The latents of 9 images take", StringComparison.Ordinal));
        Assert.Contains(onDisk, line => line.StartsWith(
            $"The images take more than 0.0 MB: they are kept in a temporary file in '{folder.FullName}', 768 bytes each.", StringComparison.Ordinal));
        Assert.Contains(onDisk, line => line.StartsWith($"The latents of 9 images are computed and kept in '{folder.FullName}", StringComparison.Ordinal));
        Assert.Empty(folder.GetFiles("*.tmp"));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        var context = new MLContext();
        var missing = Path.Combine(folder.FullName, "missing");
        var trainer = context.LatentDiffusion().Trainers.Autoencoder(DiffusionRows.FirstStage with { MaximumImageBytes = 0, SpoolFolder = missing });

        Assert.StartsWith(
            $"The images after the first 0 cannot be kept in a temporary file in '{missing}': ",
            Assert.Throws<IOException>(() => trainer.Fit(ImageRows.Load(context))).Message, StringComparison.Ordinal);
        Assert.Throws<OptionException>(() => context.LatentDiffusion().Trainers.Autoencoder(DiffusionRows.FirstStage with { MaximumImageBytes = -1 }));
    }
}
