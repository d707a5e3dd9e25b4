using CsCheck;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Tests.Diffusion;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>The image of a row depends only on the row, bit for bit.</summary>
public class RowIndependenceTests
{
    private static readonly long[] Seeds = [7, 1, 4000000000000000000, 7, -2];

    public static TheoryData<string> Samplers() => [.. SamplerCases.Samplers.Select(SamplerRegistry.NameOf)];

    public static TheoryData<string> Kinds() => SmallDiffusion.Kinds();

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_row_is_the_same_by_itself_and_in_any_batch_with_every_sampler(string sampler)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("labels");
        var settings = new GenerationSettings { Sampling = new SamplingSettings { Sampler = Named(sampler), Steps = 4 }, GuidanceScale = 2 };

        AssertRowsAlone(model, settings, model.GenerateLatents);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_row_is_the_same_by_itself_and_in_any_batch_with_every_conditioning(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);

        AssertRowsAlone(model, new GenerationSettings(), model.Generate);
    }

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_row_is_the_same_by_itself_and_in_any_batch_with_an_image_and_a_mask(string sampler)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("unconditional");
        var settings = new GenerationSettings { Sampling = new SamplingSettings { Sampler = Named(sampler), Steps = 4 }, Strength = 0.75 };
        GenerationBatch Batch(params long[] seeds) => new()
        {
            Seeds = seeds,
            InitialImages = SmallDiffusion.Rows(seeds, 3, 16, 16).clamp(Real(-1), Real(1)),
            Masks = SmallDiffusion.Mask(seeds.Length, 16, 16),
        };

        var together = model.Generate(Batch(3, 4, 5), settings);

        Assert.True(model.Generate(Batch(4), settings).bytes.SequenceEqual(together[1].bytes));
        Assert.True(model.Generate(Batch(5, 3), settings)[0].bytes.SequenceEqual(together[2].bytes));
    }

    [Fact]
    public void Rows_are_the_same_in_batches_of_any_composition()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("labels");
        byte[] Row(long seed, int label) => model.GenerateLatents(new GenerationBatch { Seeds = [seed], Labels = [label] }).bytes.ToArray();

        Gen.Select(Gen.Long[0, 3], Gen.Int[0, 3]).Array[1, 6].Sample(
            rows =>
            {
                using var inner = NewDisposeScope();
                var batch = new GenerationBatch { Seeds = [.. rows.Select(row => row.Item1)], Labels = [.. rows.Select(row => row.Item2)] };
                var latents = model.GenerateLatents(batch);
                for (var i = 0; i < rows.Length; i++)
                    Assert.True(latents[i].bytes.SequenceEqual(Row(rows[i].Item1, rows[i].Item2)), $"row {i} of {rows.Length}");
            },
            iter: 10);
    }

    private static ISampler Named(string name) => SamplerCases.Samplers.First(sampler => SamplerRegistry.NameOf(sampler) == name);

    private delegate Tensor Generation(
        GenerationBatch batch, GenerationSettings? settings, IProgress<SamplingProgress>? progress, CancellationToken cancellationToken);

    private static void AssertRowsAlone(LatentDiffusionModel model, GenerationSettings settings, Generation generate)
    {
        var together = generate(SmallDiffusion.Batch(model.Config, Seeds), settings, null, default);
        var half = generate(SmallDiffusion.Batch(model.Config, Seeds[..2]), settings, null, default);
        for (var row = 0; row < Seeds.Length; row++)
        {
            var alone = generate(SmallDiffusion.Batch(model.Config, Seeds[row]), settings, null, default);
            Assert.True(alone.bytes.SequenceEqual(together[row].bytes), $"row {row} alone is not the row in the batch");
        }

        Assert.True(half.bytes.SequenceEqual(together.narrow(0, 0, 2).bytes), "two rows are not the first two of five");
        Assert.False(together[0].bytes.SequenceEqual(together[1].bytes));
        Assert.True(together[0].bytes.SequenceEqual(together[3].bytes), "equal seeds give different rows");
    }
}
