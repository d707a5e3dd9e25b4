using System.IO.Compression;
using LdmMl.Tests.Storage;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using LdmMl.Transforms.Generate;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Generation;

public sealed class GenerationFileTests : IDisposable
{
    private static readonly string[] Labels = ["cat", "überfrog", "", "dog", "dog"];

    private readonly MLContext context = new(seed: 1);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("generation-files-");
    private readonly string file;

    public GenerationFileTests() => file = Path.Combine(folder.FullName, "model.zip");

    public void Dispose() => folder.Delete(recursive: true);

    private static GenerateImagesOptions Labelled { get; } = SeedRows.Options with
    {
        LabelColumnName = "Label", Settings = new GenerationSettings { Sampling = new SamplingSettings { Sampler = new DdimSampler { Eta = 1 }, Steps = 3 }, GuidanceScale = 1.5 },
    };

    [Fact]
    public async Task A_chain_gives_the_same_bits_in_a_fresh_process_that_registers_nothing()
    {
        using var chain = Fit();
        context.Model.Save(chain, Rows().Schema, file);
        var wanted = FreshProcess.Generate(context, chain, Labels);
        Assert.Equal(Labels.Length + 1, wanted.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(wanted, await FreshProcess.Run(file, Labels));
    }

    [Fact]
    public void Transformers_of_one_model_share_it_in_the_file_and_after_loading_and_save_again()
    {
        using var chain = Fit();
        var wanted = FreshProcess.Generate(context, chain, Labels);
        context.Model.Save(chain, Rows().Schema, file);
        using (var archive = ZipFile.OpenRead(file))
            Assert.Equal(2, archive.Entries.Count(entry => entry.Name.EndsWith(".safetensors", StringComparison.Ordinal)));   // U-Net and first stage
        using var loaded = (TransformerChain<ITransformer>)context.Model.Load(file, out var schema);
        Assert.Single(loaded.OfType<GenerateImagesTransformer>().Select(holder => holder.Model.Network).Distinct());
        context.Model.Save(loaded, schema, file + "2");
        using var again = (TransformerChain<ITransformer>)context.Model.Load(file + "2", out _);
        Assert.Equal(wanted, FreshProcess.Generate(context, again, Labels));
    }

    [Fact]
    public void Every_option_survives()
    {
        using var model = SmallDiffusion.Create("inpainting with context");
        var options = new GenerateImagesOptions
        {
            OutputColumnName = "Out", LatentColumnName = "Latent", SeedColumnName = "MaybeSeed", SeedOffset = long.MinValue + 3, ContextColumnName = "Tokens",
            UnconditionalContextColumnName = "Nothing", InitialImageColumnName = "Image", MaskColumnName = "Mask", Background = new PixelColor(1, 2, 3),
            BatchSize = 3, Prefetch = false, Precision = ModelPrecision.BFloat16, Convolutions = ConvolutionMode.Exact,
            Settings = new GenerationSettings
            {
                GuidanceScale = 1.0 / 3, GuidanceRescale = 0.7, Strength = 0.6, Width = 16, Height = 16, KeepOriginalPixels = false,
                Sampling = new SamplingSettings
                {
                    Sampler = new HeunSampler { Churn = new Churn { Amount = 0.1, SmallestSigma = 0.01 } },
                    Steps = 7, Spacing = TimestepSpacing.Linspace, SigmaCurve = SigmaCurve.Karras, ClipRange = 2.5,
                },
            },
        };
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(3));
        using var transformer = context.Transforms.GenerateImages(model, options).Fit(view);
        context.Model.Save(transformer, view.Schema, file);
        var loaded = context.Model.Load(file, out _);
        using var again = loaded as GenerateImagesTransformer ?? ((TransformerChain<ITransformer>)loaded).OfType<GenerateImagesTransformer>().Single();
        Assert.Equal(options, again.Options);
        Assert.Equal(ModelPrecision.BFloat16, again.Model.Precision);
        Assert.Equal(SeedRows.Read(transformer.Transform(view)).Images, SeedRows.Read(again.Transform(view)).Images);
    }

    private IDataView Rows() => context.Data.LoadFromEnumerable(Array.Empty<StoredSeeds.Input>());

    private TransformerChain<ITransformer> Fit()
    {
        using var model = SmallDiffusion.Create("labels");
        return context.Transforms.GenerateImages(model, Labelled)
            .Append(context.Transforms.GenerateImages("Other", model))
            .Append((IEstimator<ITransformer>)context.Transforms.CopyColumns("Copy", "Seed"))
            .Fit(Rows());
    }
}
