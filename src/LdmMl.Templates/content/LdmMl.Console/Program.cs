using LdmMl;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;

switch (args)
{
    case ["generate", ..]:
        Generate();
        break;
    case ["score", var folder]:
        Score(folder);
        break;
    case ["train", var folder]:
        Train(folder, epochs: 30);
        break;
    case ["train", var folder, var epochs]:
        Train(folder, int.Parse(epochs));
        break;
    default:
        Console.WriteLine("dotnet run -- generate | score FOLDER | train FOLDER [EPOCHS]");
        break;
}

// Generates twelve flags, arranged in a grid.
static void Generate()
{
    var mlContext = new MLContext();
    using var model = LatentDiffusionModel.Load("emoji");
    var rows = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(i => new { Seed = (long)i, Label = "Flags" }));
    var generator = mlContext.Transforms.GenerateImages("Image", model, seedColumnName: "Seed", labelColumnName: "Label", guidanceScale: 2).Fit(rows);
    var images = generator.Transform(rows).GetColumn<MLImage>("Image").ToList();
    ImageGrid.Save("generated.png", images, columns: 6, scale: 2);
    mlContext.Model.Save(generator, rows.Schema, "generator.zip");
    Console.WriteLine("generated.png");
}

// Measures how well an autoencoder reconstructs the images of a folder.
static void Score(string folder)
{
    var mlContext = new MLContext();
    using var autoencoder = AutoencoderModel.Load("emoji");
    var data = mlContext.Data.LoadFromEnumerable(Directory.GetFiles(folder).Select(path => new { Path = path }));
    var model = mlContext.Transforms.LoadImageFiles("Image", "Path")
        .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64))
        .Append(mlContext.Transforms.ReconstructImages("Reconstruction", autoencoder, "Image"))
        .Append(mlContext.Transforms.ScoreImageQuality("Image", "Reconstruction"))
        .Fit(data);
    Console.WriteLine($"{model.Transform(data).GetColumn<float>("Psnr").Average():0.00} dB");
}

// Trains an autoencoder, and a diffusion model in its latent space, on the images of a folder. Good models need hundreds of images and hours.
static void Train(string folder, int epochs)
{
    var mlContext = new MLContext(seed: 1);
    var data = mlContext.Data.LoadFromEnumerable(Directory.GetFiles(folder).Select(path => new { Path = path }));
    var trainers = mlContext.LatentDiffusion().Trainers;
    var model = mlContext.Transforms.LoadImageFiles("Image", "Path")
        .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64))
        .Append(trainers.Autoencoder(new AutoencoderEstimatorOptions { Training = new() { Epochs = epochs } }))
        .Append(trainers.Diffusion(new DiffusionEstimatorOptions { Training = new() { Epochs = epochs } }))
        .Fit(data);
    mlContext.Model.Save(model, data.Schema, "model.zip");
    Console.WriteLine("model.zip");
}
