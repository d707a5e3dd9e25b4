using System.Text.Json;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Reconstruction;

/// <summary>Published tiny autoencoders on photographs, compared with what the reference measured with PyTorch.</summary>
public class KodakTests
{
    // The reference measured floats, but an image column has bytes: rounding costs 0.004 dB at 28 dB.
    private const double PsnrTolerance = 0.01, SsimTolerance = 0.001;

    [RealDataFact]
    public void Taesd_reconstructs_as_well_as_the_reference() => AssertReference("taesd", Path.Combine(RealData.SharedData!, "taesd", "taesd"));

    [RealDataFact]
    public void Taesd3_reconstructs_as_well_as_the_reference() => AssertReference("taesd3", Path.Combine(RealData.SharedData!, "taesd", "taesd3"));

    [RealDataFact]
    public void Taef2_reconstructs_as_well_as_the_reference() => AssertReference("taef2", Path.Combine(RealData.SharedGoldens!, "taesd", "weights"));

    private static void AssertReference(string name, string path)
    {
        var data = RealData.SharedData!;
        using var reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(data, "kodak", "taesd_reference_psnr_ssim.json")));
        JsonElement[] wanted = [.. reference.RootElement.GetProperty("models").GetProperty(name).EnumerateArray()];
        var context = new MLContext(seed: 1);
        using var model = AutoencoderModel.Load(path);
        var rows = context.Data.LoadFromEnumerable(wanted.Select(row => new ImageRows.AnyRow { Path = $"{row.GetProperty("image").GetString()}.png" }));
        var scored = context.Transforms.LoadImageFiles("Image", "Path", Path.Combine(data, "kodak"))
            .Append(context.Transforms.ResizeImagesAntialiased("Image", 256, 256, fit: ImageFit.CenterCrop))
            .Append(context.Transforms.ReconstructImages(model, new ReconstructImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", BatchSize = 4 }))
            .Append(context.Transforms.ScoreImageQuality("Image", "Out"))
            .Fit(rows).Transform(rows);
        var cached = context.Data.Cache(scored, "Psnr", "Ssim");
        (float[] psnr, float[] ssim) = ([.. cached.GetColumn<float>("Psnr")], [.. cached.GetColumn<float>("Ssim")]);
        Assert.Equal(wanted.Length, psnr.Length);
        for (var i = 0; i < wanted.Length; i++)
        {
            Assert.InRange(psnr[i] - wanted[i].GetProperty("psnr_db").GetDouble(), -PsnrTolerance, PsnrTolerance);
            Assert.InRange(ssim[i] - wanted[i].GetProperty("ssim").GetDouble(), -SsimTolerance, SsimTolerance);
        }
    }
}
