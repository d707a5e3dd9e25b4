using LdmMl;
using LdmMl.Torch.Generation;
using Microsoft.ML;
using Microsoft.ML.Data;

var mlContext = new MLContext();
using var model = LatentDiffusionModel.Load("emoji");
var rows = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(i => new { Seed = i, Label = i < 6 ? "Flags" : "Smileys & Emotion" }));
var generator = mlContext.Transforms.GenerateImages("Image", model, seedColumnName: "Seed", labelColumnName: "Label", guidanceScale: 2).Fit(rows);
var images = generator.Transform(rows).GetColumn<MLImage>("Image").ToList();
ImageGrid.Save("generated.png", images, columns: 6, scale: 2);
mlContext.Model.Save(generator, rows.Schema, "generator.zip");
