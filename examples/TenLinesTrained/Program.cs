using LdmMl;
using Microsoft.ML;

var mlContext = new MLContext(seed: 1);
var data = mlContext.LatentDiffusion().LoadImageFolder("examples/data/emoji");
var trainers = mlContext.LatentDiffusion().Trainers;
var chain = mlContext.Transforms.LoadImageFiles("Image", "Path")
    .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64))
    .Append(trainers.Autoencoder("Image", numberOfEpochs: 30))
    .Append(trainers.Diffusion("Image", numberOfEpochs: 30))
    .Fit(data);
using var model = chain.LastTransformer.OpenLatentDiffusion();
model.Generate(seed: 1).SavePng("trained.png");
mlContext.Model.Save(chain, data.Schema, "trained.zip");
