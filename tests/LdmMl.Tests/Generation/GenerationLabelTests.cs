using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.UNets;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Generation;

public sealed class GenerationLabelTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly LatentDiffusionModel model = SmallDiffusion.Create("labels");

    public void Dispose() => model.Dispose();

    private static GenerateImagesOptions Labelled { get; } = SeedRows.Options with { LabelColumnName = "Label" };

    [Fact]
    public void Texts_keys_and_numbers_give_the_same_images()
    {
        var rows = SeedRows.Create(6);
        var wanted = SeedRows.Generate(model, rows, Labelled).Latents;
        Assert.Equal(wanted, SeedRows.Generate(model, rows, Labelled with { LabelColumnName = "Number" }).Latents);
        // Keys in a different order: the text of a key counts, not its number.
        var keys = Keyed([.. rows.Reverse()], "Label");
        Assert.Equal(wanted.Reverse(), ImageRows.Latents(context.Transforms.GenerateImages(model, Labelled with { LabelColumnName = "Key" }).Fit(keys).Transform(keys)));
    }

    [Fact]
    public void Labels_matter()
    {
        SeedRows.Row[] rows = [.. SeedRows.SmallLabels.Append("").Select(label => new SeedRows.Row { Seed = 5, Label = label })];
        var latents = SeedRows.Generate(model, rows, Labelled).Latents;
        Assert.Equal(4, latents.Select(latent => latent[0]).Distinct().Count());
    }

    [Fact]
    public void A_missing_label_gives_an_unconditional_image_if_the_model_has_a_null_label()
    {
        var rows = SeedRows.Create(4);
        var any = SeedRows.Generate(model, rows, SeedRows.Options).Latents;
        var some = SeedRows.Generate(model, rows, Labelled).Latents;
        rows[1].Label = rows[3].Label = "";
        var given = SeedRows.Generate(model, rows, Labelled).Latents;
        Assert.Equal([some[0], any[1], some[2], any[3]], given);
        var keys = Keyed(rows, "Label");
        Assert.Equal(given, ImageRows.Latents(context.Transforms.GenerateImages(model, Labelled with { LabelColumnName = "Key" }).Fit(keys).Transform(keys)));
    }

    [Fact]
    public void A_missing_label_is_an_error_if_the_model_has_no_null_label()
    {
        using var model = SmallDiffusion.Create("labels without null label");
        var keys = Bare(0, uint.MaxValue, 1);
        var exception = Assert.Throws<InvalidDataException>(() => ImageRows.Latents(
            context.Transforms.GenerateImages(model, Labelled with { LabelColumnName = "Bare", BatchSize = 2 }).Fit(keys).Transform(keys)));
        Assert.Equal("Row 1: column 'Bare' holds no label, and the model was not trained to generate images without one; it knows the numbers 0 to 2.", exception.Message);
    }

    [Fact]
    public void An_unknown_label_is_named_with_its_row_and_the_known_labels()
    {
        var rows = SeedRows.Create(6);
        rows[4].Label = "dragon";
        var text = Assert.Throws<InvalidDataException>(() => SeedRows.Generate(model, rows, Labelled));
        Assert.Equal("Row 4: the model knows no label 'dragon', which column 'Label' holds; it knows 'cat', 'dog', 'überfrog'.", text.Message);
        var keys = Keyed(rows, "Label");
        var output = context.Transforms.GenerateImages(model, Labelled with { LabelColumnName = "Key", BatchSize = 2 }).Fit(keys).Transform(keys);
        Assert.Equal(text.Message.Replace("'Label'", "'Key'", StringComparison.Ordinal), Assert.Throws<InvalidDataException>(() => ImageRows.Latents(output)).Message);
        rows[2].Number = 3;
        var number = Assert.Throws<InvalidDataException>(() => SeedRows.Generate(model, rows, Labelled with { LabelColumnName = "Number" }));
        Assert.Equal("Row 2: the model knows no label number 3, which column 'Number' holds; it knows 'cat', 'dog', 'überfrog'.", number.Message);
    }

    [Fact]
    public void A_model_without_names_takes_numbers_and_keys_without_values()
    {
        using var model = SmallDiffusion.Create("labels without null label");
        var rows = SeedRows.Create(5);
        var wanted = SeedRows.Generate(model, rows, Labelled with { LabelColumnName = "Number" }).Latents;
        var keys = Bare(0, 1, 2, 0, 1);
        Assert.Equal(wanted, ImageRows.Latents(context.Transforms.GenerateImages(model, Labelled with { LabelColumnName = "Bare" }).Fit(keys).Transform(keys)));
        var text = Assert.Throws<InvalidDataException>(() => SeedRows.Generate(model, rows, Labelled));
        Assert.Equal("Row 0: the model knows no label 'cat', which column 'Label' holds; it knows the numbers 0 to 2.", text.Message);
    }

    [Fact]
    public void A_long_list_of_labels_is_shortened()
    {
        var config = SmallDiffusion.Variants["unconditional"];
        using var model = SmallDiffusion.Create(config with
        {
            UNet = config.UNet with { LabelCount = 30 },
            Conditioning = new LabelConditioning { Count = 30, Names = [.. Enumerable.Range(0, 30).Select(i => $"label {i:D2}")] },
        });
        var exception = Assert.Throws<InvalidDataException>(() => SeedRows.Generate(model, SeedRows.Create(1), Labelled));
        Assert.EndsWith("'label 18', 'label 19' and 10 more.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_without_labels_are_refused()
    {
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(1));
        var type = Assert.Throws<ArgumentException>(() => context.Transforms.GenerateImages("Out", model, "Seed", "MaybeSeed").Fit(view));
        Assert.Equal(
            "Column 'MaybeSeed' holds Double; labels are needed: text, a key (MapValueToKey makes them of texts), or Int32, the label's number from 0.",
            type.Message);
        var keys = Keyed(SeedRows.Create(2), "Number");
        var output = context.Transforms.GenerateImages("Out", model, "Seed", "Key").Fit(keys).Transform(keys);
        var values = Assert.Throws<ArgumentException>(() => ImageRows.Pixels(output, "Out"));
        Assert.Equal("The keys of column 'Key' stand for Vector<Int32, 2>; labels are text, or keys that stand for text.", values.Message);
    }

    private IDataView Keyed(SeedRows.Row[] rows, string column)
    {
        var view = context.Data.LoadFromEnumerable(rows);
        return context.Transforms.Conversion.MapValueToKey("Key", column).Fit(view).Transform(view);
    }

    /// <summary>Keys without values, only numbers, which count from 0 in the class; larger ones are missing.</summary>
    private IDataView Bare(params uint[] keys) =>
        context.Data.LoadFromEnumerable(keys.Select((key, i) => new BareRow { Seed = SeedRows.Create(keys.Length)[i].Seed, Bare = key }));

    private sealed class BareRow
    {
        public long Seed { get; set; }

        [KeyType(3)]
        public uint Bare { get; set; }
    }
}
