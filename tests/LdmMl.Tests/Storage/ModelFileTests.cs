using System.IO.Compression;
using LdmMl.Models;
using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Loading;
using LdmMl.Tests.Scoring;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using LdmMl.Transforms.Reconstruct;
using LdmMl.Transforms.ScorePerceptual;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Storage;

public sealed class ModelFileTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly ImageFolder folder = new(count: 6);
    private readonly string file;

    public ModelFileTests() => file = Path.Combine(folder.FullName, "model.zip");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_chain_gives_the_same_bits_in_a_fresh_process_that_registers_nothing()
    {
        using var chain = Fit();
        context.Model.Save(chain, folder.Load(context).Schema, file);
        var wanted = FreshProcess.Compute(context, chain, folder.Paths);
        Assert.Equal(7, wanted.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(wanted, await FreshProcess.Run(file, folder.Paths));
    }

    [Fact]
    public void A_loaded_chain_can_be_saved_and_loaded_again()
    {
        using var chain = Fit();
        var wanted = FreshProcess.Compute(context, chain, folder.Paths);
        context.Model.Save(chain, folder.Load(context).Schema, file);
        for (var i = 0; i < 2; i++)
        {
            var context = new MLContext();
            var loaded = context.Model.Load(file, out var schema);
            Assert.Equal(wanted, FreshProcess.Compute(context, loaded, folder.Paths));
            context.Model.Save(context.Model.Load(file, out _), schema, file + "2");
            File.Move(file + "2", file, overwrite: true);
        }
    }

    [Fact]
    public void Transformers_of_one_model_share_it_in_the_file_and_after_loading()
    {
        using var chain = Fit();
        context.Model.Save(chain, folder.Load(context).Schema, file);
        using (var archive = ZipFile.OpenRead(file))
        {
            Assert.Equal(
                ["diffusion_pytorch_model.safetensors", "perceptual.safetensors"],
                archive.Entries.Select(entry => entry.Name).Where(name => name.EndsWith(".safetensors", StringComparison.Ordinal)).Order());
        }

        using var loaded = (TransformerChain<ITransformer>)context.Model.Load(file, out _);
        ModelTransformer<AutoencoderModel>[] holders = [.. loaded.OfType<ModelTransformer<AutoencoderModel>>()];
        Assert.Equal(3, holders.Length);
        Assert.Single(holders.Select(holder => holder.Model.Network).Distinct());
        Assert.Equal(3, holders.Select(holder => holder.Model).Distinct().Count());
        Assert.Single(loaded.OfType<ScorePerceptualDistanceTransformer>().Select(holder => holder.Model.Network).Distinct());
    }

    [Fact]
    public void A_model_in_half_precision_is_in_half_precision_after_loading()
    {
        using var model = TestAutoencoders.Kl();
        using var half = model.To(TorchSharp.torch.CPU, ModelPrecision.BFloat16);
        var rows = ImageRows.Load(context, 3);
        using var transformer = context.Transforms.ReconstructImages("Out", half, "Image").Fit(rows);
        context.Model.Save(transformer, rows.Schema, file);
        var loaded = context.Model.Load(file, out _);
        Assert.Equal(ModelPrecision.BFloat16, (loaded as ReconstructImagesTransformer ?? ((TransformerChain<ITransformer>)loaded).OfType<ReconstructImagesTransformer>().Single()).Model.Precision);
        Assert.Equal(ImageRows.Pixels(transformer.Transform(rows), "Out"), ImageRows.Pixels(loaded.Transform(rows), "Out"));
    }

    [Fact]
    public void A_distance_keeps_its_fingerprint_in_a_file_and_states_its_precision()
    {
        using var model = PairRows.SmallModel();
        var rows = context.Data.LoadFromEnumerable(PairRows.Create(5));
        var options = PairRows.Options with { Precision = ModelPrecision.BFloat16 };
        using var transformer = (ScorePerceptualDistanceTransformer)context.Transforms.ScorePerceptualDistance(model, options).Fit(rows);
        context.Model.Save(transformer, inputSchema: null, file);
        var loaded = context.Model.Load(file, out _);
        using var again = loaded as ScorePerceptualDistanceTransformer
            ?? ((TransformerChain<ITransformer>)loaded).OfType<ScorePerceptualDistanceTransformer>().Single();
        Assert.Equal(transformer.Model.Fingerprint, again.Model.Fingerprint);
        Assert.Contains(", BFloat16, ", again.Model.Fingerprint, StringComparison.Ordinal);
        Assert.NotEqual(model.Fingerprint, again.Model.Fingerprint);
        Assert.Equal(
            PairRows.Read(context, transformer.Transform(rows)).Select(row => row.ToString()),
            PairRows.Read(context, again.Transform(rows)).Select(row => row.ToString()));
    }

    private TransformerChain<ITransformer> Fit()
    {
        using var model = TestAutoencoders.Kl();
        using var perceptual = PairRows.SmallModel();
        var rows = folder.Load(context);
        var quality = new ScoreImageQualityOptions
        {
            ReferenceColumnName = "Image", CandidateColumnName = "Out", Ssim = SsimSettings.Wang2004, Background = PixelColor.Black,
        };
        return context.Transforms.LoadImageFiles("Image", "Path", errors: ImageFileErrors.Missing)
            .Append(context.Transforms.ResizeImagesAntialiased("Image", 16, 16, fit: ImageFit.PadToFit, filter: ResizeFilter.Lanczos))
            .Append(context.Transforms.ReconstructImages(model, new ReconstructImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", BatchSize = 4 }))
            .Append(context.Transforms.EncodeImages("Latent", model, "Image"))
            .Append(context.Transforms.DecodeLatents("Decoded", model, "Latent"))
            .Append(context.Transforms.ScorePerceptualDistance("Distance", perceptual, "Image", "Out"))
            .Append(context.Transforms.ScorePerceptualDistance(perceptual, new ScorePerceptualDistanceOptions
            {
                ReferenceColumnName = "Image", CandidateColumnName = "Decoded", LayersColumnName = "Layers", MapColumnName = "Map", BatchSize = 3, Background = PixelColor.Black,
            }))
            .Append((IEstimator<ITransformer>)context.Transforms.ScoreImageQuality(quality))
            .Fit(rows);
    }
}
