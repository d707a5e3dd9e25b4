using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Scoring;

public sealed class PerceptualColumnsTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly PerceptualFilesOfTests files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Columns_state_net_version_range_and_calibration()
    {
        using var model = files.Lpips(PerceptualTrunkConfig.SqueezeNet);
        var schema = Schema(model, PairRows.Options);
        foreach (var name in new[] { "PerceptualDistance", "Layers", "Map" })
        {
            Assert.Equal("LPIPS 0.1 (SqueezeNet 1.1)", Text(schema[name], ScoreAnnotations.PerceptualModel));
            Assert.Equal("SqueezeNet 1.1", Text(schema[name], ScoreAnnotations.PerceptualNetwork));
            Assert.Equal("0.1", Text(schema[name], ScoreAnnotations.PerceptualVersion));
            Assert.Equal("MinusOneToOne", Text(schema[name], ScoreAnnotations.PerceptualPixelRange));
            Assert.Equal(model.Fingerprint, Text(schema[name], ScoreAnnotations.Fingerprint));
            Assert.True(IsCalibrated(schema[name]));
        }
    }

    [Fact]
    public void An_uncalibrated_distance_is_never_called_LPIPS()
    {
        using var model = files.Small();
        var column = Schema(model, PairRows.Options)["PerceptualDistance"];
        Assert.StartsWith("uncalibrated perceptual distance", Text(column, ScoreAnnotations.PerceptualModel), StringComparison.Ordinal);
        Assert.Equal("", Text(column, ScoreAnnotations.PerceptualVersion));
        Assert.False(IsCalibrated(column));
        Assert.All(
            column.Annotations.Schema.Where(kind => kind.Type is TextDataViewType),
            kind => Assert.DoesNotContain("lpips", Text(column, kind.Name), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_slots_of_the_layers_are_named_after_them()
    {
        using var model = files.Small();
        VBuffer<ReadOnlyMemory<char>> names = default;
        Schema(model, PairRows.Options)["Layers"].GetSlotNames(ref names);
        Assert.Equal(model.LayerNames, names.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void Layers_and_map_are_appended_on_request_and_their_types_state_their_size()
    {
        using var model = files.Small();
        var all = Schema(model, PairRows.Options);
        Assert.Equal(NumberDataViewType.Single, all["PerceptualDistance"].Type);
        Assert.Equal<int>([3], ((VectorDataViewType)all["Layers"].Type).Dimensions);
        Assert.Equal<int>([1, 24, 24], ((VectorDataViewType)all["Map"].Type).Dimensions);
        var one = Schema(model, PairRows.Options with { LayersColumnName = null, MapColumnName = null, OutputColumnName = "Far" });
        Assert.Equal(["First", "Second", "Far"], one.Select(column => column.Name));
    }

    [Fact]
    public void Images_of_two_sizes_are_refused_with_row_and_sizes()
    {
        using var model = files.Small();
        Assert.Equal(
            "Row 1: the image in column 'First' is 24x24 and the one in column 'Second' is 16x24; only images of one size can be compared.",
            Refusal(model, PairRows.Of(1, 2), new PairRows.Row { First = ImageRows.Picture(1, 24, 24), Second = ImageRows.Picture(1, 16, 24) }));
    }

    [Fact]
    public void Images_too_small_for_the_network_are_refused_with_row_and_size()
    {
        using var model = files.Small();
        Assert.Equal(
            "Row 2: the images are 3x3; uncalibrated perceptual distance (trunk) needs at least 4 pixels on each side. Enlarge them with ResizeImagesAntialiased, or use a smaller network.",
            Refusal(model, PairRows.Of(1, 2), PairRows.Of(1, 2), PairRows.Of(1, 2, side: 3)));
    }

    [Fact]
    public void Columns_of_two_sizes_or_too_small_are_refused_before_any_row()
    {
        using var model = files.Small();
        var rows = context.Data.LoadFromEnumerable(PairRows.Create(1));
        var resized = context.Transforms.ResizeImagesAntialiased("Small", 3, 3, "First").Fit(rows).Transform(rows);
        var exception = Assert.Throws<ArgumentException>(() => context.Transforms.ScorePerceptualDistance("Far", model, "First", "Small").Fit(resized));
        Assert.Equal("Column 'First' holds images of 24x24 and column 'Small' images of 3x3; resize both to one size.", exception.Message);
        exception = Assert.Throws<ArgumentException>(() => context.Transforms.ScorePerceptualDistance("Far", model, "Small", "Small").Fit(resized));
        Assert.StartsWith("Columns 'Small' and 'Small' hold images of 3x3; uncalibrated perceptual distance (trunk) needs at least 4", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_options_are_refused_before_any_work()
    {
        using var model = files.Small();
        Assert.Throws<ArgumentNullException>(() => context.Transforms.ScorePerceptualDistance(null!, PairRows.Options));
        Assert.Throws<OptionException>("BatchSize", () => context.Transforms.ScorePerceptualDistance(model, PairRows.Options with { BatchSize = 0 }));
        var exception = Assert.Throws<OptionException>(() => context.Transforms.ScorePerceptualDistance(model, PairRows.Options with { MapColumnName = "Layers" }));
        Assert.Equal("MapColumnName is 'Layers'; LayersColumnName already has that name, so give this column a different one.", exception.Message);
        exception = Assert.Throws<OptionException>(() => context.Transforms.ScorePerceptualDistance(model, PairRows.Options with { MapColumnName = "" }));
        Assert.Equal("MapColumnName is ''; it must be the name of a column, or null for none.", exception.Message);
    }

    [Fact]
    public void A_missing_GPU_is_an_error_unless_the_CPU_may_be_used_instead()
    {
        using var model = files.Small();
        var rows = context.Data.LoadFromEnumerable(PairRows.Create(2));
        var exception = Assert.Throws<InvalidOperationException>(() => context.Transforms.ScorePerceptualDistance("Far", model, "First", "Second", gpuDeviceId: 99).Fit(rows));
        Assert.StartsWith("GPU 99 was requested, but", exception.Message, StringComparison.Ordinal);
        using var transformer = context.Transforms.ScorePerceptualDistance("Far", model, "First", "Second", gpuDeviceId: 99, fallbackToCpu: true).Fit(rows);
        Assert.Equal(2, transformer.Transform(rows).GetColumn<float>("Far").Count(float.IsFinite));
    }

    private static string Text(DataViewSchema.Column column, string kind)
    {
        ReadOnlyMemory<char> text = default;
        column.Annotations.GetValue(kind, ref text);
        return text.ToString();
    }

    private static bool IsCalibrated(DataViewSchema.Column column)
    {
        var value = false;
        column.Annotations.GetValue(ScoreAnnotations.PerceptualIsCalibrated, ref value);
        return value;
    }

    private DataViewSchema Schema(PerceptualModel model, ScorePerceptualDistanceOptions options)
    {
        using var transformer = context.Transforms.ScorePerceptualDistance(model, options).Fit(context.Data.LoadFromEnumerable(PairRows.Create(1)));
        return transformer.GetOutputSchema(context.Data.LoadFromEnumerable(PairRows.Create(1)).Schema);
    }

    private string Refusal(PerceptualModel model, params PairRows.Row[] rows)
    {
        using var files = new PairFiles(rows);
        var view = files.Load(context);
        using var transformer = context.Transforms.ScorePerceptualDistance(model, PairRows.Options).Fit(view);
        return Assert.ThrowsAny<Exception>(() => transformer.Transform(view).GetColumn<float>("PerceptualDistance").ToArray()).GetBaseException().Message;
    }
}
