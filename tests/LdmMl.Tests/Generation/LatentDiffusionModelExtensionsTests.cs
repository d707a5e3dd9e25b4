using LdmMl.Torch.Generation;

namespace LdmMl.Tests.Generation;

public sealed class LatentDiffusionModelExtensionsTests : IDisposable
{
    private readonly LatentDiffusionModel model = SmallDiffusion.Create("labels");

    public void Dispose() => model.Dispose();

    [Fact]
    public void One_call_gives_the_same_image_as_the_pipeline()
    {
        var rows = SeedRows.Create(3);
        var (images, _) = SeedRows.Generate(model, rows, SeedRows.Options with { LabelColumnName = "Label" });
        for (var i = 0; i < rows.Length; i++)
        {
            using var image = model.Generate(rows[i].Label, rows[i].Seed);
            Assert.Equal(images[i], image.Pixels.ToArray());
        }
    }

    [Fact]
    public void A_seed_gives_the_same_image_by_itself_and_among_others()
    {
        long[] seeds = [.. Enumerable.Range(0, 19)];
        var images = model.Generate(SeedRows.SmallLabels[1], seeds);
        using var last = model.Generate(SeedRows.SmallLabels[1], seed: 18);
        Assert.Equal(19, images.Count);
        Assert.Equal(last.Pixels.ToArray(), images[18].Pixels.ToArray());
    }

    [Fact]
    public void Settings_change_the_image()
    {
        using var small = model.Generate(SeedRows.SmallLabels[0], seed: 1);
        using var wide = model.Generate(SeedRows.SmallLabels[0], seed: 1, new GenerationSettings { Width = 2 * SeedRows.Side });
        Assert.Equal((SeedRows.Side, 2 * SeedRows.Side), (small.Width, wide.Width));
    }

    [Fact]
    public void Models_without_labels_need_none()
    {
        using var plain = SmallDiffusion.Create("unconditional");
        using var image = plain.Generate(seed: 3);
        Assert.Equal(image.Pixels.ToArray(), plain.Generate([2, 3])[1].Pixels.ToArray());
        Assert.Contains(
            "this model takes no labels", Assert.ThrowsAny<ArgumentException>(() => plain.Generate("Flags", seed: 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void If_the_labels_of_a_model_have_no_names_numbers_are_used()
    {
        using var nameless = SmallDiffusion.Create("labels without null label");
        using var images = nameless.Generate(new GenerationBatch { Seeds = [1], Labels = [2] });
        using var image = nameless.Generate("2", seed: 1);
        using var wanted = images.ToImage();
        Assert.Equal(wanted.Pixels.ToArray(), image.Pixels.ToArray());
        Assert.ThrowsAny<ArgumentException>(() => nameless.Generate("3", seed: 1));
    }

    [Fact]
    public void An_unknown_label_is_refused_with_the_known_ones() => Assert.StartsWith(
        $"There is no label 'Nothing'; the labels are '{SeedRows.SmallLabels[0]}'",
        Assert.ThrowsAny<ArgumentException>(() => model.Generate("Nothing", seed: 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_cancelled_token_stops_the_generation() =>
        Assert.ThrowsAny<OperationCanceledException>(() => model.Generate(SeedRows.SmallLabels[0], seed: 1, cancellationToken: new CancellationToken(canceled: true)));

    [Fact]
    public void A_model_describes_itself_in_one_line() => Assert.Matches(
        @"^latent diffusion model, 16x16 images, 3 labels, [0-9,]+ parameters, Float32 on cpu, from random weights, seed \d+$", model.ToString());
}
