using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Native;
using LdmMl.Torch.Onnx;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// A whole pipeline over 200 image files: load, resize to 64x64, reconstruct with the shipped autoencoder, and score the perceptual distance, with this
/// library's columns, or with ML.NET's own and <c>ApplyOnnxModel</c> row by row.
/// </summary>
internal sealed class ScoringPipeline : IWorkload
{
    private const int Files = 200, Side = 64, Latent = 16;

    private readonly MLContext context = new(seed: 1);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scoring-pipeline-");
    private readonly AutoencoderModel autoencoder = AutoencoderModel.Load(Path.Combine(Models, "emoji-kl-f4"));
    private readonly PerceptualModel distance = PerceptualModel.LoadUncalibrated(Path.Combine(Models, "emoji-vgg.safetensors"));
    private readonly IDataView scores;
    private readonly string column;

    private ScoringPipeline(bool isExported)
    {
        TorchRuntime.KeepFreedMemory();
        column = isExported ? "distance" : "Distance";
        var images = Directory.GetFiles(Path.Combine(Repository, "examples", "data", "emoji"), "*.png").Order(StringComparer.Ordinal).Select(OnWhite).ToArray();
        var rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, Files).Select(row => new Row { Path = images[row % images.Length] }));
        scores = (isExported ? Exported() : Own()).Fit(rows).Transform(rows);
    }

    public string Remark => $"mean distance {Read().Average():F4}";

    private static string Repository => Directory.GetParent(Path.GetDirectoryName(Here())!)!.Parent!.Parent!.FullName;

    private static string Models => Path.Combine(Repository, "examples", "models");

    /// <summary>With this library's columns.</summary>
    public static ScoringPipeline WithColumns() => new(isExported: false);

    /// <summary>With ML.NET's columns and exported networks.</summary>
    public static ScoringPipeline WithOnnx() => new(isExported: true);

    public void Run() => Read();

    public void Dispose()
    {
        autoencoder.Dispose();
        distance.Dispose();
        folder.Delete(recursive: true);
    }

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

    // ML.NET's columns take what is behind transparent pixels as it is; the library's put them on white.
    private string OnWhite(string path)
    {
        using var image = MLImage.CreateFromFile(path);
        var pixels = image.Pixels.ToArray();
        for (var i = 0; i < pixels.Length; i += 4)
        {
            var opacity = pixels[i + 3];
            for (var channel = i; channel < i + 3; channel++)
                pixels[channel] = (byte)Math.Min(255, pixels[channel] + 255 - opacity);                                  // colours are premultiplied
            pixels[i + 3] = 255;
        }

        using var opaque = MLImage.CreateFromPixels(image.Width, image.Height, image.PixelFormat, pixels);
        var copy = Path.Combine(folder.FullName, Path.GetFileName(path));
        opaque.Save(copy);
        return copy;
    }

    private float[] Read() => scores.Schema[column].Type is VectorDataViewType
        ? [.. scores.GetColumn<float[]>(column).Select(row => row[0])] : [.. scores.GetColumn<float>(column)];

    private IEstimator<ITransformer> Own() => context.Transforms.LoadImageFiles("Image", "Path")
        .Append(context.Transforms.ResizeImagesAntialiased("Image", Side, Side))
        .Append(context.Transforms.ReconstructImages("Reconstruction", autoencoder, "Image"))
        .Append(context.Transforms.ScorePerceptualDistance("Distance", distance, "Image", "Reconstruction"));

    private IEstimator<ITransformer> Exported()
    {
        autoencoder.SaveAsOnnx(folder.FullName);
        var trunk = Path.Combine(folder.FullName, "distance.onnx");
        distance.SaveAsOnnx(trunk);
        return context.Transforms.LoadImages("Image", imageFolder: null, "Path")
            .Append(context.Transforms.ResizeImages("Image", Side, Side))
            .Append(context.Transforms.ExtractPixels(
                "sample", "Image", ImagePixelExtractingEstimator.ColorBits.Rgb, interleavePixelColors: false, offsetImage: 127.5f, scaleImage: 1 / 127.5f))
            .Append(context.Transforms.CopyColumns("reference", "sample"))
            .Append(Apply("vae_encoder/model.onnx", "latent_parameters", [1, 8, Latent, Latent], ("sample", [1, 3, Side, Side])))
            .Append(context.Transforms.CustomMapping<Parameters, Means>((row, means) => means.Values = row.Values[..(4 * Latent * Latent)], contractName: null))
            .Append(Apply("vae_decoder/model.onnx", "sample", [1, 3, Side, Side], ("latent_sample", [1, 4, Latent, Latent])))
            .Append(context.Transforms.CopyColumns("image", "sample"))
            .Append(Apply("distance.onnx", "distance", [1], ("image", [1, 3, Side, Side]), ("reference", [1, 3, Side, Side])));
    }

    private IEstimator<ITransformer> Apply(string file, string output, int[] shape, params (string Name, int[] Shape)[] inputs)
    {
        var shapes = inputs.Append((output, shape)).ToDictionary(entry => entry.Item1, entry => entry.Item2);
        return context.Transforms.ApplyOnnxModel([output], [.. inputs.Select(input => input.Name)], Path.Combine(folder.FullName, file), shapes, gpuDeviceId: null, fallbackToCpu: false);
    }

    private sealed class Row
    {
        public string Path { get; set; } = "";
    }

    private sealed class Parameters
    {
        [ColumnName("latent_parameters")]
        [VectorType(1, 8, Latent, Latent)]
        public float[] Values { get; set; } = [];
    }

    private sealed class Means
    {
        [ColumnName("latent_sample")]
        [VectorType(1, 4, Latent, Latent)]
        public float[] Values { get; set; } = [];
    }
}
