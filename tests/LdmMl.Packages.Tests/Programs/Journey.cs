using System.Security.Cryptography;
using LdmMl;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

/// <summary>Typical use of the packages: generate, reconstruct, train, save, and load in another process.</summary>
public static class Journey
{
    private sealed record Row(long Seed, string Label);

    public static void Run(string file)
    {
        var mlContext = new MLContext(seed: 1);
        using var model = LatentDiffusionModel.Load("emoji");
        using var autoencoder = AutoencoderModel.Load("emoji");
        var rows = Rows(mlContext);
        var chain = mlContext.Transforms.GenerateImages("Image", model, seedColumnName: "Seed", labelColumnName: "Label")
            .Append(mlContext.Transforms.ReconstructImages("Reconstruction", autoencoder, "Image")).Fit(rows);
        Print(chain.Transform(rows));

        var options = new AutoencoderEstimatorOptions { Training = new() { Steps = 2, BatchSize = 2 } };
        using var trained = mlContext.LatentDiffusion().Trainers.Autoencoder(options).Fit(chain.Transform(rows)) as IDisposable;
        Console.WriteLine("trained");
        mlContext.Model.Save(chain, rows.Schema, file);
    }

    public static void Open(string file)
    {
        var mlContext = new MLContext();
        Print(mlContext.Model.Load(file, out _).Transform(Rows(mlContext)));
    }

    private static IDataView Rows(MLContext mlContext) => mlContext.Data.LoadFromEnumerable([new Row(1, "Flags"), new Row(2, "Flags")]);

    private static void Print(IDataView images)
    {
        var pixels = images.GetColumn<MLImage>("Reconstruction").SelectMany(image => image.Pixels.ToArray()).ToArray();
        Console.WriteLine($"images {Convert.ToHexString(SHA256.HashData(pixels))}");
    }
}
