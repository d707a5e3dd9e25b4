using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Generation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Generation;

public sealed class GenerationSeedTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly LatentDiffusionModel model = SmallDiffusion.Create();

    public void Dispose() => model.Dispose();

    [Fact]
    public void Rows_without_a_seed_column_are_an_error_that_says_what_to_do()
    {
        var view = context.Data.LoadFromEnumerable(new Bare[2]);
        var exception = Assert.Throws<ArgumentException>(() => context.Transforms.GenerateImages("Out", model).Fit(view));
        Assert.Equal(
            "There is no column 'Seed'; the input has 'Number'. Every row needs a seed: name the column of seeds in SeedColumnName, or give SeedOffset, from which seeds are counted.",
            exception.Message);
        var none = Assert.Throws<OptionException>(() => context.Transforms.GenerateImages(model, SeedRows.Options with { SeedColumnName = null }));
        Assert.Equal("SeedColumnName is null; every row needs a seed: name the column of seeds, or give SeedOffset, from which seeds are counted.", none.Message);
    }

    [Theory]
    [InlineData("Seed")]
    [InlineData(null)]
    public void With_an_offset_rows_without_a_seed_column_are_numbered_from_it(string? column)
    {
        var view = context.Data.LoadFromEnumerable(Bare.Create(5));
        var options = SeedRows.Options with { SeedColumnName = column, SeedOffset = 40 };
        Assert.Equal(Latents(40, 41, 42, 43, 44), ImageRows.Latents(context.Transforms.GenerateImages(model, options).Fit(view).Transform(view)));
    }

    [Fact]
    public void Rows_keep_the_numbers_of_their_source_after_filtering_and_shuffling()
    {
        var options = SeedRows.Options with { SeedOffset = 40 };
        var view = context.Data.LoadFromEnumerable(Bare.Create(6));
        var rest = context.Data.SkipRows(view, 4);
        Assert.Equal(Latents(44, 45), ImageRows.Latents(context.Transforms.GenerateImages(model, options).Fit(rest).Transform(rest)));
        var odd = context.Data.FilterByCustomPredicate(view, (Bare row) => row.Number % 2 == 0);
        Assert.Equal(Latents(41, 43, 45), ImageRows.Latents(context.Transforms.GenerateImages(model, options).Fit(odd).Transform(odd)));
        var shuffled = context.Data.ShuffleRows(view, seed: 1);
        var output = context.Transforms.GenerateImages(model, options).Fit(shuffled).Transform(shuffled);
        int[] order = [.. output.GetColumn<int>("Number")];
        Assert.NotEqual(order.Order(), order);
        Assert.Equal(Latents([.. order.Select(number => 40L + number)]), ImageRows.Latents(output));
    }

    [Fact]
    public void A_seed_column_of_doubles_can_have_missing_seeds()
    {
        var rows = SeedRows.Create(4);
        (rows[0].MaybeSeed, rows[2].MaybeSeed) = (7, -3);
        var (_, latents) = SeedRows.Generate(model, rows, SeedRows.Options with { SeedColumnName = "MaybeSeed", SeedOffset = 100 });
        Assert.Equal(Latents(7, 101, -3, 103), latents);
    }

    [Fact]
    public void A_row_without_a_seed_is_named()
    {
        var rows = SeedRows.Create(4);
        (rows[0].MaybeSeed, rows[1].MaybeSeed) = (7, 8);
        var options = SeedRows.Options with { SeedColumnName = "MaybeSeed" };
        var missing = Assert.Throws<InvalidDataException>(() => SeedRows.Generate(model, rows, options));
        Assert.Equal("Row 2: column 'MaybeSeed' holds no seed. Give one, or set SeedOffset, from which the seeds of such rows are counted.", missing.Message);
        rows[1].MaybeSeed = 0.5;
        var broken = Assert.Throws<InvalidDataException>(() => SeedRows.Generate(model, rows, options));
        Assert.Equal("Row 1: the seed in column 'MaybeSeed' is 0.5; seeds are whole numbers, up to 2^53 in a Double.", broken.Message);
    }

    [Fact]
    public void A_prediction_engine_counts_its_predictions()
    {
        var view = context.Data.LoadFromEnumerable(Bare.Create(1));
        var transformer = context.Transforms.GenerateImages(model, SeedRows.Options with { SeedOffset = 40 }).Fit(view);
        using var engine = context.Model.CreatePredictionEngine<Bare, SeedRows.Output>(transformer);
        var wanted = Latents(40, 41);
        Assert.Equal(wanted[0], engine.Predict(new Bare()).Latent);
        Assert.Equal(wanted[1], engine.Predict(new Bare()).Latent);
    }

    [Fact]
    public void Int32_seeds_give_the_same_images_as_Int64_seeds()
    {
        var rows = context.Data.LoadFromEnumerable(Bare.Create(3));
        var output = context.Transforms.GenerateImages(model, SeedRows.Options with { SeedColumnName = "Number" }).Fit(rows).Transform(rows);
        Assert.Equal(Latents(0, 1, 2), ImageRows.Latents(output));
    }

    [Fact]
    public void A_column_of_the_wrong_type_is_refused()
    {
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(1));
        var exception = Assert.Throws<ArgumentException>(() => context.Transforms.GenerateImages("Out", model, "Label").Fit(view));
        Assert.Equal("Column 'Label' holds String; seeds are needed, of type Int64, Int32, or Double with NaN for a row without a seed.", exception.Message);
    }

    private float[][] Latents(params long[] seeds) =>
        SeedRows.Generate(model, [.. seeds.Select(seed => new SeedRows.Row { Seed = seed })]).Latents;

    private sealed class Bare
    {
        public int Number { get; set; }

        public static Bare[] Create(int count) => [.. Enumerable.Range(0, count).Select(number => new Bare { Number = number })];
    }
}
