using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Scoring;

public class ScoreImageQualityTests
{
    private readonly MLContext context = new(seed: 1);

    [Fact]
    public void Scores_equal_those_of_the_metrics_on_RGB_bytes()
    {
        Pair[] pairs = [.. Enumerable.Range(0, 5).Select(i => new Pair { First = ImageRows.Picture(i, 16, 16), Second = ImageRows.Picture(i + 1, 16, 16) })];
        var view = context.Data.LoadFromEnumerable(pairs);
        var output = context.Transforms.ScoreImageQuality("First", "Second").Fit(view).Transform(view);
        Assert.Equal(pairs.Select(pair => (float)Psnr.Compute(Rgb(pair.First), Rgb(pair.Second))), output.GetColumn<float>("Psnr"));
        Assert.Equal(pairs.Select(pair => (float)Ssim.Compute(Rgb(pair.First), Rgb(pair.Second), 16, 16, 3)), output.GetColumn<float>("Ssim"));
    }

    [Fact]
    public void Equal_images_score_infinity_and_one()
    {
        var view = context.Data.LoadFromEnumerable(new[] { new Pair { First = ImageRows.Picture(1, 16, 16), Second = ImageRows.Picture(1, 16, 16) } });
        var output = context.Transforms.ScoreImageQuality("First", "Second", "P", "S").Fit(view).Transform(view);
        Assert.Equal((float.PositiveInfinity, 1f), (output.GetColumn<float>("P").Single(), output.GetColumn<float>("S").Single()));
    }

    [Fact]
    public void A_missing_image_scores_NaN()
    {
        var view = context.Data.LoadFromEnumerable(new[] { new Pair { First = ImageRows.Picture(1, 16, 16) } });
        var output = context.Transforms.ScoreImageQuality("First", "Second").Fit(view).Transform(view);
        Assert.True(float.IsNaN(output.GetColumn<float>("Psnr").Single()));
        Assert.True(float.IsNaN(output.GetColumn<float>("Ssim").Single()));
    }

    [Fact]
    public void Images_of_two_sizes_are_refused_with_row_and_sizes()
    {
        var view = context.Data.LoadFromEnumerable(new[]
        {
            new Pair { First = ImageRows.Picture(1, 16, 16), Second = ImageRows.Picture(1, 16, 16) },
            new Pair { First = ImageRows.Picture(1, 16, 16), Second = ImageRows.Picture(1, 8, 16) },
        });
        var output = context.Transforms.ScoreImageQuality("First", "Second").Fit(view).Transform(view);
        var exception = Assert.ThrowsAny<Exception>(() => output.GetColumn<float>("Psnr").ToArray()).GetBaseException();
        Assert.Equal("Row 1: the image in column 'First' is 16x16 and the one in column 'Second' is 8x16; only images of one size can be compared.", exception.Message);
    }

    [Fact]
    public void Columns_of_two_sizes_are_refused_before_any_row()
    {
        var view = context.Data.LoadFromEnumerable(new[] { new Pair { First = ImageRows.Picture(1, 16, 16), Second = ImageRows.Picture(1, 16, 16) } });
        var resized = context.Transforms.ResizeImagesAntialiased("Small", 8, 8, "First").Fit(view).Transform(view);
        var exception = Assert.Throws<ArgumentException>(() => context.Transforms.ScoreImageQuality("First", "Small").Fit(resized));
        Assert.Equal("Column 'First' holds images of 16x16 and column 'Small' images of 8x8; resize both to one size.", exception.Message);
    }

    [Fact]
    public void Multi_scale_similarity_is_a_column_if_it_has_a_name()
    {
        Pair[] pairs = [.. Enumerable.Range(0, 2).Select(i => new Pair { First = ImageRows.Picture(i, 180, 176), Second = ImageRows.Picture(i + 1, 180, 176) })];
        var output = Score(pairs, new() { ReferenceColumnName = "First", CandidateColumnName = "Second", MsSsimColumnName = "MsSsim" });
        Assert.Equal(pairs.Select(pair => (float)MsSsim.Compute(Rgb(pair.First), Rgb(pair.Second), 180, 176, 3)), output.GetColumn<float>("MsSsim"));
    }

    [Fact]
    public void Images_smaller_than_a_window_are_refused_with_their_row()
    {
        Pair[] pairs = [new() { First = ImageRows.Picture(1, 16, 8), Second = ImageRows.Picture(2, 16, 8) }];
        var output = Score(pairs, new()
        {
            ReferenceColumnName = "First", CandidateColumnName = "Second", MsSsimColumnName = "MsSsim", Ssim = SsimSettings.Wang2004,
        });
        Assert.Equal(
            "Row 0: the images are 16x8; SSIM with a window of 11 needs 11 pixels on each side. Use larger images or a smaller window.",
            Assert.ThrowsAny<Exception>(() => output.GetColumn<float>("Ssim").ToArray()).GetBaseException().Message);
        Assert.Equal(
            "Row 0: the images are 16x8; MS-SSIM with a window of 11 needs 176 pixels on each side. Use larger images or a smaller window.",
            Assert.ThrowsAny<Exception>(() => output.GetColumn<float>("MsSsim").ToArray()).GetBaseException().Message);
        Assert.True(float.IsFinite(output.GetColumn<float>("Psnr").Single()));
    }

    [Fact]
    public void Columns_state_how_they_were_computed()
    {
        var output = Score([], new()
        {
            ReferenceColumnName = "First", CandidateColumnName = "Second", MsSsimColumnName = "MsSsim", Background = PixelColor.Black,
        });
        Assert.Equal("psnr;pixels=rgb8;background=#000000", Fingerprint(output, "Psnr"));
        Assert.Equal("ssim;pixels=rgb8;background=#000000;window=uniform;size=7;covariance=sample;border=inside;k1=0.01;k2=0.03", Fingerprint(output, "Ssim"));
        Assert.Equal(
            "ms-ssim;pixels=rgb8;background=#000000;window=gaussian;size=11;sigma=1.5;covariance=population;border=inside;k1=0.01;k2=0.03",
            Fingerprint(output, "MsSsim"));
    }

    [Fact]
    public void Settings_are_kept_in_a_model_file()
    {
        var view = context.Data.LoadFromEnumerable(Array.Empty<Pair>());
        ITransformer transformer = context.Transforms.ScoreImageQuality(new ScoreImageQualityOptions
        {
            ReferenceColumnName = "First", CandidateColumnName = "Second", MsSsimColumnName = "MsSsim", MsSsim = SsimSettings.TorchMetrics,
        }).Fit(view);
        using var file = new MemoryStream();
        context.Model.Save(transformer, inputSchema: null, file);
        var output = context.Model.Load(file, out _).Transform(view);
        Assert.Equal(Fingerprint(transformer.Transform(view), "MsSsim"), Fingerprint(output, "MsSsim"));
    }

    [Fact]
    public void A_name_is_given_to_one_column_only()
    {
        var exception = Assert.Throws<OptionException>(() => Score([], new()
        {
            ReferenceColumnName = "First", CandidateColumnName = "Second", MsSsimColumnName = "Ssim",
        }));
        Assert.Equal("MsSsimColumnName is 'Ssim'; SsimColumnName already has that name, so give this column a different one.", exception.Message);
    }

    private IDataView Score(Pair[] pairs, ScoreImageQualityOptions options)
    {
        var view = context.Data.LoadFromEnumerable(pairs);
        return context.Transforms.ScoreImageQuality(options).Fit(view).Transform(view);
    }

    private static string Fingerprint(IDataView view, string column)
    {
        ReadOnlyMemory<char> text = default;
        view.Schema[column].Annotations.GetValue(ScoreAnnotations.Fingerprint, ref text);
        return text.ToString();
    }

    private static byte[] Rgb(MLImage image) => [.. image.Pixels.ToArray().Chunk(4)
        .SelectMany(pixel => image.PixelFormat == MLPixelFormat.Bgra32 ? new[] { pixel[2], pixel[1], pixel[0] } : pixel[..3])];

    private sealed class Pair
    {
        [ImageType(16, 16)]
        public MLImage First { get; set; } = null!;

        [ImageType(16, 16)]
        public MLImage Second { get; set; } = null!;
    }
}
