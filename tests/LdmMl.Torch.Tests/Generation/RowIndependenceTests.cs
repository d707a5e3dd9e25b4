using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>The image of a row depends on the row, and on nothing else, to the last bit.</summary>
public class RowIndependenceTests
{
    private static readonly long[] Seeds = [7, 1, 4000000000000000000, 7, -2];

    public static TheoryData<SamplerKind> Samplers() => [.. Enum.GetValues<SamplerKind>()];

    public static TheoryData<string> Kinds() => SmallDiffusion.Kinds();

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_row_is_the_same_alone_and_in_any_batch_with_every_sampler(SamplerKind sampler)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("labels");
        var settings = new GenerationSettings { Sampling = new SamplingSettings { Sampler = sampler, Steps = 4 }, GuidanceScale = 2 };

        AssertRowsAlone(model, settings, model.GenerateLatents);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_row_is_the_same_alone_and_in_any_batch_whatever_the_model_is_told(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);

        AssertRowsAlone(model, new GenerationSettings(), model.Generate);
    }

    private delegate Tensor Generation(
        GenerationBatch batch, GenerationSettings? settings, Action<SamplingProgress>? onStep, CancellationToken cancellationToken);

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
