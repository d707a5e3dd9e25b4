using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Generation;

public class GenerationSamplerTests
{
    public static TheoryData<string> Kinds() => [.. SamplerRegistry.Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_sampler_gives_the_same_bits_in_every_batch_and_after_loading(string sampler)
    {
        var config = SmallDiffusion.Variants["labels"];
        using var model = SmallDiffusion.Create(config with { Sampling = new SamplingSettings { Sampler = SamplerRegistry.Create(sampler), Steps = 3 } });
        var context = new MLContext();
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(3));
        var options = SeedRows.Options with { LabelColumnName = "Label", BatchSize = 3, Settings = new GenerationSettings { GuidanceScale = 2 } };
        using var transformer = context.Transforms.GenerateImages(model, options).Fit(view);
        var wanted = SeedRows.Read(transformer.Transform(view)).Latents;
        Assert.Equal(wanted, SeedRows.Generate(model, SeedRows.Create(3), options with { BatchSize = 1 }).Latents);

        using var file = new MemoryStream();
        context.Model.Save(transformer, view.Schema, file);
        file.Position = 0;
        var loaded = context.Model.Load(file, out _);
        Assert.Equal(wanted, SeedRows.Read(loaded.Transform(view)).Latents);
        (loaded as IDisposable)?.Dispose();
    }

    public static TheoryData<bool> WaysToWriteASampler() => [false, true];

    [Theory]
    [MemberData(nameof(WaysToWriteASampler))]
    public void A_custom_sampler_works_in_a_column_but_cannot_be_saved(bool implementsTheInterfaceAlone)
    {
        ISampler sampler = implementsTheInterfaceAlone ? new PlainSampler() : new OwnSampler();
        using var model = SmallDiffusion.Create("labels");
        var context = new MLContext();
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(3));
        var options = SeedRows.Options with
        {
            LabelColumnName = "Label", BatchSize = 3,
            Settings = new GenerationSettings { GuidanceScale = 2, Sampling = new SamplingSettings { Sampler = sampler, Steps = 3 } },
        };
        using var transformer = context.Transforms.GenerateImages(model, options).Fit(view);

        var together = SeedRows.Read(transformer.Transform(view)).Latents;

        Assert.Equal(together, SeedRows.Generate(model, SeedRows.Create(3), options with { BatchSize = 1 }).Latents);
        Assert.NotEqual(together, SeedRows.Generate(model, SeedRows.Create(3), options with { Settings = new() { GuidanceScale = 2 } }).Latents);
        using var file = new MemoryStream();
        Assert.Contains(
            sampler.GetType().Name, Assert.ThrowsAny<Exception>(() => context.Model.Save(transformer, view.Schema, file)).Message,
            StringComparison.Ordinal);
    }
}
