using LdmMl;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Onnx;
using Microsoft.ML;
using Microsoft.ML.Data;
using OnnxExport;

// Exports the shipped autoencoder, and runs its decoder in ML.NET's own ApplyOnnxModel beside this library's DecodeLatents.
var mlContext = new MLContext();
using var autoencoder = AutoencoderModel.Load("emoji");
autoencoder.SaveAsOnnx("exported");
var (scale, shift) = ((float)autoencoder.Config.LatentScale, (float)autoencoder.Config.LatentShift);

var data = mlContext.LatentDiffusion().LoadImageFolder("examples/data/emoji");
var model = mlContext.Transforms.LoadImageFiles("Image", "Path")
    .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64))
    .Append(mlContext.Transforms.EncodeImages("Latent", autoencoder, "Image"))
    .Append(mlContext.Transforms.DecodeLatents("Own", autoencoder, "Latent"))

    // The file takes raw latents; those of this library's columns are scaled.
    .Append(mlContext.Transforms.CustomMapping<ScaledLatent, RawLatent>(
        (row, raw) => raw.Values = [.. row.Latent.Select(value => (value / scale) + shift)], contractName: null))
    .Append(mlContext.Transforms.ApplyOnnxModel(
        "sample", "latent_sample", "exported/vae_decoder/model.onnx",
        new Dictionary<string, int[]> { ["latent_sample"] = [1, 4, 16, 16], ["sample"] = [1, 3, 64, 64] }))
    .Fit(data);

var rows = model.Transform(data);
var largest = rows.GetColumn<MLImage>("Own").Zip(rows.GetColumn<float[]>("sample"), LargestDifference).Max();
Console.WriteLine($"The decoded images differ by at most {largest} of 255.");
return largest <= 1 ? 0 : 1;

// The library's image is interleaved, B, G, R and opacity; the file's is planar, in [-1, 1] and not clamped.
static int LargestDifference(MLImage own, float[] sample)
{
    var pixels = own.Pixels;
    var area = own.Width * own.Height;
    var offsets = own.PixelFormat == MLPixelFormat.Bgra32 ? new[] { 2, 1, 0 } : [0, 1, 2];
    var difference = 0;
    for (var i = 0; i < 3 * area; i++)
    {
        var level = (int)Math.Round((Math.Clamp(sample[i], -1, 1) + 1) * 127.5);
        difference = Math.Max(difference, Math.Abs(level - pixels[(4 * (i % area)) + offsets[i / area]]));
    }

    return difference;
}
