using System.IO.Compression;
using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Loading;
using LdmMl.Tests.Scoring;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Storage;

public sealed class ModelFileTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly ImageFolder _folder = new(count: 6);
    private readonly string _file;

    public ModelFileTests() => _file = Path.Combine(_folder.FullName, "model.zip");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_chain_gives_the_same_bits_in_a_fresh_process_that_registers_nothing()
    {
        using TransformerChain<ITransformer> chain = Fit();
        _context.Model.Save(chain, _folder.Load(_context).Schema, _file);
        string wanted = FreshProcess.Compute(_context, chain, _folder.Paths);
        Assert.Equal(7, wanted.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(wanted, await FreshProcess.Run(_file, _folder.Paths));
    }

    [Fact]
    public void A_chain_that_was_loaded_saves_and_loads_again()
    {
        using TransformerChain<ITransformer> chain = Fit();
        string wanted = FreshProcess.Compute(_context, chain, _folder.Paths);
        _context.Model.Save(chain, _folder.Load(_context).Schema, _file);
        for (int i = 0; i < 2; i++)
        {
            var context = new MLContext();
            ITransformer loaded = context.Model.Load(_file, out DataViewSchema schema);
            Assert.Equal(wanted, FreshProcess.Compute(context, loaded, _folder.Paths));
            context.Model.Save(context.Model.Load(_file, out _), schema, _file + "2");
            File.Move(_file + "2", _file, overwrite: true);
        }
    }

    [Fact]
    public void Transformers_of_one_model_share_it_in_the_file_and_after_loading()
    {
        using TransformerChain<ITransformer> chain = Fit();
        _context.Model.Save(chain, _folder.Load(_context).Schema, _file);
        using (ZipArchive archive = ZipFile.OpenRead(_file))
            Assert.Equal(
                ["diffusion_pytorch_model.safetensors", "perceptual.safetensors"],
                archive.Entries.Select(entry => entry.Name).Where(name => name.EndsWith(".safetensors", StringComparison.Ordinal)).Order());
        using var loaded = (TransformerChain<ITransformer>)_context.Model.Load(_file, out _);
        AutoencoderTransformer[] holders = [.. loaded.OfType<AutoencoderTransformer>()];
        Assert.Equal(3, holders.Length);
        Assert.Single(holders.Select(holder => holder.Model.Network).Distinct());
        Assert.Equal(3, holders.Select(holder => holder.Model).Distinct().Count());
        Assert.Single(loaded.OfType<ScorePerceptualDistanceTransformer>().Select(holder => holder.Model.Network).Distinct());
    }

    [Fact]
    public void A_model_in_half_precision_is_half_precise_after_loading()
    {
        using AutoencoderModel model = TestAutoencoders.Kl();
        using AutoencoderModel half = model.To(TorchSharp.torch.CPU, ModelPrecision.BFloat16);
        IDataView rows = ImageRows.Load(_context, 3);
        using ReconstructImagesTransformer transformer = _context.Transforms.ReconstructImages("Out", "Image", half).Fit(rows);
        _context.Model.Save(transformer, rows.Schema, _file);
        ITransformer loaded = _context.Model.Load(_file, out _);
        Assert.Equal(ModelPrecision.BFloat16, (loaded as ReconstructImagesTransformer ?? ((TransformerChain<ITransformer>)loaded).OfType<ReconstructImagesTransformer>().Single()).Model.Precision);
        Assert.Equal(ImageRows.Pixels(transformer.Transform(rows), "Out"), ImageRows.Pixels(loaded.Transform(rows), "Out"));
    }

    [Fact]
    public void A_distance_keeps_its_fingerprint_through_a_file_and_says_so_of_its_precision()
    {
        using PerceptualModel model = PairRows.SmallModel();
        IDataView rows = _context.Data.LoadFromEnumerable(PairRows.Create(5));
        ScorePerceptualDistanceOptions options = PairRows.Options with { Precision = ModelPrecision.BFloat16 };
        using ScorePerceptualDistanceTransformer transformer = _context.Transforms.ScorePerceptualDistance(model, options).Fit(rows);
        _context.Model.Save(transformer, inputSchema: null, _file);
        ITransformer loaded = _context.Model.Load(_file, out _);
        using ScorePerceptualDistanceTransformer again = loaded as ScorePerceptualDistanceTransformer
            ?? ((TransformerChain<ITransformer>)loaded).OfType<ScorePerceptualDistanceTransformer>().Single();
        Assert.Equal(transformer.Model.Fingerprint, again.Model.Fingerprint);
        Assert.Contains(", BFloat16, ", again.Model.Fingerprint, StringComparison.Ordinal);
        Assert.NotEqual(model.Fingerprint, again.Model.Fingerprint);
        Assert.Equal(
            PairRows.Read(_context, transformer.Transform(rows)).Select(row => row.ToString()),
            PairRows.Read(_context, again.Transform(rows)).Select(row => row.ToString()));
    }

    private TransformerChain<ITransformer> Fit()
    {
        using AutoencoderModel model = TestAutoencoders.Kl();
        using PerceptualModel perceptual = PairRows.SmallModel();
        IDataView rows = _folder.Load(_context);
        var quality = new ScoreImageQualityOptions
        {
            ReferenceColumnName = "Image", CandidateColumnName = "Out", Ssim = SsimSettings.Wang2004, Background = PixelColor.Black,
        };
        return _context.Transforms.LoadImageFiles("Image", "Path", errors: ImageFileErrors.Missing)
            .Append(_context.Transforms.ResizeImagesAntialiased("Image", "Image", 16, 16, ImageFit.PadToFit, ResizeFilter.Lanczos))
            .Append(_context.Transforms.ReconstructImages(model, new ReconstructImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", BatchSize = 4 }))
            .Append(_context.Transforms.EncodeImages("Latent", "Image", model))
            .Append(_context.Transforms.DecodeLatents("Decoded", "Latent", model))
            .Append(_context.Transforms.ScorePerceptualDistance("Distance", "Image", "Out", perceptual))
            .Append(_context.Transforms.ScorePerceptualDistance(perceptual, new ScorePerceptualDistanceOptions
            {
                ReferenceColumnName = "Image", CandidateColumnName = "Decoded", LayersColumnName = "Layers", MapColumnName = "Map", BatchSize = 3, Background = PixelColor.Black,
            }))
            .Append((IEstimator<ITransformer>)_context.Transforms.ScoreImageQuality(quality))
            .Fit(rows);
    }
}
