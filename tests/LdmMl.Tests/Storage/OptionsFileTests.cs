using System.IO.Compression;
using LdmMl.Models;
using LdmMl.Testing;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Training;
using LdmMl.Transforms.Decode;
using LdmMl.Transforms.Encode;
using LdmMl.Transforms.Generate;
using LdmMl.Transforms.Interpolate;
using LdmMl.Transforms.Load;
using LdmMl.Transforms.Reconstruct;
using LdmMl.Transforms.Resize;
using LdmMl.Transforms.ScorePerceptual;
using LdmMl.Transforms.ScoreQuality;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Storage;

/// <summary>Options in model files: those written by 0.1 can still be read, and they are now written as one JSON object per transformer.</summary>
public sealed class OptionsFileTests
{
    private static readonly string Positional = Path.Combine(RealData.Repository, "tests", "LdmMl.Tests", "Storage", "Files", "positional.zip");

    private readonly MLContext context = new(seed: 1);

    [Fact]
    public void A_file_of_version_0_1_opens_with_every_option()
    {
        using var chain = Load(Positional);
        AssertOptions(chain);
    }

    [Fact]
    public void Every_option_of_every_transformer_is_kept_in_a_file()
    {
        using var chain = Load(Positional);
        using var again = Reload(chain);
        AssertOptions(again);
    }

    [Fact]
    public void A_file_that_is_opened_and_saved_again_computes_the_same()
    {
        using var chain = Load(Positional);
        using var again = Reload(chain);
        var rows = ImageRows.Load(context, 3);
        Assert.Equal(Latents(chain, rows), Latents(again, rows));
        Assert.Equal(Reconstructions(chain, rows), Reconstructions(again, rows));
    }

    [Fact]
    public void Options_are_JSON_with_names_and_without_the_device()
    {
        using var transformer = new ResizeImagesTransformer(context, OptionsOfEveryKind.Resize);
        var text = Content(transformer);
        Assert.Contains(
            """{"OutputColumnName":"Image","InputColumnName":"Loaded","ImageWidth":16,"ImageHeight":16,"Fit":"PadToFit","Filter":"Lanczos","Background":"#0180FF"}""",
            text, StringComparison.Ordinal);
    }

    private static void AssertOptions(TransformerChain<ITransformer> chain)
    {
        Assert.Equal(OptionsOfEveryKind.Load, chain.OfType<LoadImageFilesTransformer>().Single().Options);
        Assert.Equal(OptionsOfEveryKind.Resize, chain.OfType<ResizeImagesTransformer>().Single().Options);
        Assert.Equal(OptionsOfEveryKind.Encode, chain.OfType<EncodeImagesTransformer>().Single().Options);
        Assert.Equal(OptionsOfEveryKind.Decode, chain.OfType<DecodeLatentsTransformer>().Single().Options);
        Assert.Equal(OptionsOfEveryKind.Reconstruct, chain.OfType<ReconstructImagesTransformer>().Single().Options);
        Assert.Equal(OptionsOfEveryKind.Interpolate, chain.OfType<InterpolateLatentsTransformer>().Single().Options);
        Assert.Equal(OptionsOfEveryKind.Quality, chain.OfType<ScoreImageQualityTransformer>().Single().Options);
        Assert.Equal(OptionsOfEveryKind.Perceptual, chain.OfType<ScorePerceptualDistanceTransformer>().Single().Options);
        Assert.Equal(OptionsOfEveryKind.Generate, chain.OfType<GenerateImagesTransformer>().Single().Options);
        Assert.Equal(
            OptionsOfEveryKind.Generate with { OutputColumnName = "TrainedGenerated", LatentColumnName = null },
            chain.OfType<TrainedDiffusionTransformer>().Single().Options);
        AssertTrained(chain.OfType<TrainedAutoencoderTransformer>().Single().Trained);
        Assert.Equal(4, chain.OfType<ModelTransformer<AutoencoderModel>>().Count());
    }

    private static void AssertTrained(TrainedColumns trained)
    {
        var latents = new EncodeImagesOptions
        {
            OutputColumnName = "TrainedLatent", InputColumnName = "Image", Background = OptionsOfEveryKind.Background,
            Convolutions = ConvolutionMode.Exact,
        };
        Assert.Equal(latents, trained.Latents! with { Precision = null });
        Assert.True(trained.Latents.Precision is null or ModelPrecision.Float32);
        Assert.Equal("TrainedReconstruction", trained.Reconstructions!.OutputColumnName);
        Assert.Equal(("Image", OptionsOfEveryKind.Background), (trained.Reconstructions.InputName, trained.Reconstructions.Background));
    }

    private TransformerChain<ITransformer> Load(string file) => (TransformerChain<ITransformer>)context.Model.Load(file, out _);

    private TransformerChain<ITransformer> Reload(ITransformer transformer)
    {
        using var file = new MemoryStream();
        context.Model.Save(transformer, inputSchema: null, file);
        file.Position = 0;
        return (TransformerChain<ITransformer>)context.Model.Load(file, out _);
    }

    private static float[][] Latents(TransformerChain<ITransformer> chain, IDataView rows) =>
        ImageRows.Latents(chain.OfType<EncodeImagesTransformer>().Single().Transform(rows));

    private static byte[]?[] Reconstructions(TransformerChain<ITransformer> chain, IDataView rows) =>
        ImageRows.Pixels(chain.OfType<ReconstructImagesTransformer>().Single().Transform(rows), "Reconstruction");

    /// <summary>Everything in a model file except weights.</summary>
    private string Content(ITransformer transformer)
    {
        using var file = new MemoryStream();
        context.Model.Save(transformer, inputSchema: null, file);
        using var archive = new ZipArchive(file, ZipArchiveMode.Read);
        return string.Join('\n', archive.Entries.Where(entry => entry.Name == "Model.key").Select(entry =>
        {
            using var reader = new StreamReader(entry.Open());
            return reader.ReadToEnd().Replace("\0", "", StringComparison.Ordinal);   // strings are stored in UTF-16
        }));
    }
}
