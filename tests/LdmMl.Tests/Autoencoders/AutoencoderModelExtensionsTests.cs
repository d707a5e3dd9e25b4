using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using TorchSharp;

namespace LdmMl.Tests.Autoencoders;

public sealed class AutoencoderModelExtensionsTests : IDisposable
{
    private readonly AutoencoderModel model = TestAutoencoders.Kl();

    public void Dispose() => model.Dispose();

    [Fact]
    public void One_call_gives_the_same_reconstruction_as_the_pipeline()
    {
        var context = new MLContext(seed: 1);
        var rows = ImageRows.Load(context, 3);
        var wanted = ImageRows.Pixels(context.Transforms.ReconstructImages("Out", model, "Image").Fit(rows).Transform(rows), "Out");
        var given = ImageRows.Create(3).Select(row => model.Reconstruct(row.Image).Pixels.ToArray());
        Assert.Equal(wanted, given);
    }

    [Fact]
    public void An_image_whose_sides_do_not_fit_is_padded_and_cropped_again()
    {
        using var image = ImageRows.Picture(4, 13, 9);
        using var reconstruction = model.Reconstruct(image);
        Assert.Equal((13, 9), (reconstruction.Width, reconstruction.Height));
    }

    [Fact]
    public void Decoding_the_latents_of_an_image_reconstructs_it()
    {
        using var image = ImageRows.Picture(5, 16, 16);
        using var latents = model.Encode(image);
        using var decoded = model.DecodeImages(latents)[0];
        using var reconstruction = model.Reconstruct(image);
        Assert.Equal(reconstruction.Pixels.ToArray(), decoded.Pixels.ToArray());
    }

    [Fact]
    public void No_tensor_leaks()
    {
        using var image = ImageRows.Picture(6, 13, 9);
        model.Reconstruct(image).Dispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        model.Reconstruct(image).Dispose();
        model.Encode(ImageRows.Picture(6, 16, 16)).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void The_perceptual_distance_of_two_images_takes_one_call()
    {
        using var files = new PerceptualFilesOfTests();
        using var perceptual = files.Small();
        using var image = ImageRows.Picture(1, 24, 24);
        using var other = ImageRows.Picture(2, 24, 24);
        Assert.Equal(0, perceptual.Distance(image, image));
        Assert.True(perceptual.Distance(image, other) > 0);
        Assert.Equal(perceptual.Distance(image, other), perceptual.Distance(other, image), tolerance: 1e-6f);
    }

    [Fact]
    public void A_model_describes_itself_in_one_line() => Assert.Matches(
        @"^KL autoencoder, \d+x smaller, \d+ latent channels, [0-9,]+ parameters, Float32 on cpu, from random weights, seed \d+$", model.ToString());
}
