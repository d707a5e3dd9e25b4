using LdmMl;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Native;
using Microsoft.ML;
using Microsoft.ML.Data;

TorchRuntime.KeepFreedMemory();
var mlContext = new MLContext();
using var autoencoder = AutoencoderModel.Load("emoji");
var data = mlContext.Data.LoadFromEnumerable(Directory.GetFiles("examples/data/emoji").Select(path => new { Path = path }));
var model = mlContext.Transforms.LoadImageFiles("Image", "Path")
    .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64))
    .Append(mlContext.Transforms.ReconstructImages("Reconstruction", autoencoder, "Image"))
    .Append(mlContext.Transforms.ScoreImageQuality("Image", "Reconstruction"))
    .Fit(data);
Console.WriteLine(model.Transform(data).GetColumn<float>("Psnr").Average());
mlContext.Model.Save(model, data.Schema, "model.zip");
