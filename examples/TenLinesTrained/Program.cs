using LdmMl;
using LdmMl.Torch.Native;
using Microsoft.ML;

TorchRuntime.KeepFreedMemory();
var mlContext = new MLContext(seed: 1);
mlContext.Log += (_, log) => Console.WriteLine(log.Message);
var data = mlContext.Data.LoadFromEnumerable(Directory.GetFiles("examples/data/emoji").Select(path => new { Path = path }));
var trainers = mlContext.LatentDiffusion().Trainers;
var model = mlContext.Transforms.LoadImageFiles("Image", "Path")
    .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", "Image", 64, 64))
    .Append(trainers.Autoencoder(new AutoencoderEstimatorOptions { Training = new() { Steps = 100 } }))
    .Append(trainers.Diffusion(new DiffusionEstimatorOptions { Training = new() { Steps = 100 } }))
    .Fit(data);
mlContext.Model.Save(model, data.Schema, "trained.zip");
