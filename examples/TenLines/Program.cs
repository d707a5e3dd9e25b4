using LdmMl;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;

var mlContext = new MLContext();
using var autoencoder = AutoencoderModel.Load("emoji");
var data = mlContext.LatentDiffusion().LoadImageFolder("examples/data/emoji");
var model = mlContext.Transforms.LoadImageFiles("Image", "Path")
    .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64))
    .Append(mlContext.Transforms.ReconstructImages("Reconstruction", autoencoder, "Image"))
    .Append(mlContext.Transforms.ScoreImageQuality("Image", "Reconstruction"))
    .Fit(data);
Console.WriteLine(model.Transform(data).GetColumn<float>("Psnr").Average());
mlContext.Model.Save(model, data.Schema, "model.zip");
