using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Metrics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Scoring;

public class ScoreImageQualityTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Scores_are_those_of_the_metrics_on_rgb_bytes()
    {
        Pair[] pairs = [.. Enumerable.Range(0, 5).Select(i => new Pair { First = ImageRows.Picture(i, 16, 16), Second = ImageRows.Picture(i + 1, 16, 16) })];
        IDataView view = _context.Data.LoadFromEnumerable(pairs);
        IDataView output = _context.Transforms.ScoreImageQuality("First", "Second").Fit(view).Transform(view);
        Assert.Equal(pairs.Select(pair => (float)Psnr.Compute(Rgb(pair.First), Rgb(pair.Second))), output.GetColumn<float>("Psnr"));
        Assert.Equal(pairs.Select(pair => (float)Ssim.Compute(Rgb(pair.First), Rgb(pair.Second), 16, 16, 3)), output.GetColumn<float>("Ssim"));
    }

    [Fact]
    public void Equal_images_score_infinity_and_one()
    {
        IDataView view = _context.Data.LoadFromEnumerable(new[] { new Pair { First = ImageRows.Picture(1, 16, 16), Second = ImageRows.Picture(1, 16, 16) } });
        IDataView output = _context.Transforms.ScoreImageQuality("P", "S", "First", "Second").Fit(view).Transform(view);
        Assert.Equal((float.PositiveInfinity, 1f), (output.GetColumn<float>("P").Single(), output.GetColumn<float>("S").Single()));
    }

    [Fact]
    public void A_missing_image_scores_nan()
    {
        IDataView view = _context.Data.LoadFromEnumerable(new[] { new Pair { First = ImageRows.Picture(1, 16, 16) } });
        IDataView output = _context.Transforms.ScoreImageQuality("First", "Second").Fit(view).Transform(view);
        Assert.True(float.IsNaN(output.GetColumn<float>("Psnr").Single()));
        Assert.True(float.IsNaN(output.GetColumn<float>("Ssim").Single()));
    }

    [Fact]
    public void Images_of_two_sizes_are_refused_with_row_and_sizes()
    {
        IDataView view = _context.Data.LoadFromEnumerable(new[]
        {
            new Pair { First = ImageRows.Picture(1, 16, 16), Second = ImageRows.Picture(1, 16, 16) },
            new Pair { First = ImageRows.Picture(1, 16, 16), Second = ImageRows.Picture(1, 8, 16) },
        });
        IDataView output = _context.Transforms.ScoreImageQuality("First", "Second").Fit(view).Transform(view);
        var exception = Assert.ThrowsAny<Exception>(() => output.GetColumn<float>("Psnr").ToArray()).GetBaseException();
        Assert.Equal("Row 1: the image in column 'First' is 16x16 and the one in column 'Second' is 8x16; only images of one size can be compared.", exception.Message);
    }

    [Fact]
    public void Columns_of_two_sizes_are_refused_before_any_row()
    {
        IDataView view = _context.Data.LoadFromEnumerable(new[] { new Pair { First = ImageRows.Picture(1, 16, 16), Second = ImageRows.Picture(1, 16, 16) } });
        IDataView resized = _context.Transforms.ResizeImagesAntialiased("Small", "First", 8, 8).Fit(view).Transform(view);
        var exception = Assert.Throws<ArgumentException>(() => _context.Transforms.ScoreImageQuality("First", "Small").Fit(resized));
        Assert.Equal("Column 'First' holds images of 16x16 and column 'Small' images of 8x8; bring both to one size.", exception.Message);
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
