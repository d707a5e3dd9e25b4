using LdmMl.Torch.Generation;
using Microsoft.ML;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Tests.Generation;

public sealed class GenerationContextTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly LatentDiffusionModel model = SmallDiffusion.Create("context");

    public void Dispose() => model.Dispose();

    private static GenerateImagesOptions Told { get; } = SeedRows.Options with
    {
        ContextColumnName = "Tokens", UnconditionalContextColumnName = "Nothing", Settings = new GenerationSettings { GuidanceScale = 3 },
    };

    [Fact]
    public void Tokens_are_passed_to_the_model_unchanged()
    {
        var rows = SeedRows.Create(5);
        using var scope = NewDisposeScope();
        var batch = new GenerationBatch
        {
            Seeds = [.. rows.Select(row => row.Seed)],
            Context = stack(rows.Select(row => tensor(row.Tokens, 5, SmallDiffusion.ContextDimension)).ToArray()),
            UnconditionalContext = stack(rows.Select(row => tensor(row.Nothing, 5, SmallDiffusion.ContextDimension)).ToArray()),
        };
        var latents = SeedRows.Generate(model, rows, Told with { BatchSize = 8 }).Latents;
        Assert.Equal([.. model.GenerateLatents(batch, Told.Settings).data<float>()], latents.SelectMany(latent => latent));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Batch_size_changes_no_bit(int batchSize)
    {
        var rows = SeedRows.Create(7);
        Assert.Equal(SeedRows.Generate(model, rows, Told).Latents, SeedRows.Generate(model, rows, Told with { BatchSize = batchSize }).Latents);
    }

    [Fact]
    public void Missing_tokens_give_missing_results_and_do_not_affect_the_others()
    {
        var rows = SeedRows.Create(4);
        var (images, latents) = SeedRows.Generate(model, rows, Told);
        (rows[0].Tokens[7], rows[2].Nothing[0]) = (float.NaN, float.NaN);
        foreach (var missing in (int[])[0, 2])
            (images[missing], latents[missing]) = (null, [.. Enumerable.Repeat(float.NaN, 4 * 8 * 8)]);
        var given = SeedRows.Generate(model, rows, Told);
        Assert.Equal(images, given.Images);
        Assert.Equal(latents, given.Latents);
    }

    [Fact]
    public void Tokens_of_another_length_are_refused_before_any_row()
    {
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(1));
        var other = context.Transforms.Concatenate("Wrong", "Tokens", "Tokens").Append(context.Transforms.Concatenate("Pair", "Number2", "Number2"))
            .Fit(Numbered(view)).Transform(Numbered(view));
        var exception = Assert.Throws<ArgumentException>(() => context.Transforms.GenerateImages(model, Told with { ContextColumnName = "Pair" }).Fit(other));
        Assert.Equal("Column 'Pair' holds Vector<Single, 2>; this model attends to tokens Vector<Single, tokens, 12>.", exception.Message);
        var text = Assert.Throws<ArgumentException>(() => context.Transforms.GenerateImages(model, Told with { ContextColumnName = "Label" }).Fit(view));
        Assert.Equal("Column 'Label' holds String; tokens are needed: Vector<Single, tokens, dimension>.", text.Message);
    }

    private IDataView Numbered(IDataView view) => context.Transforms.Conversion.ConvertType("Number2", "Number").Fit(view).Transform(view);
}
