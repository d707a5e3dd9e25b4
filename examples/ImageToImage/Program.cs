// dotnet run --project examples/ImageToImage [-- OUTPUT_FOLDER]
// Images from images: varies whole emoji, and repaints their lower half, each with three seeds.
using ImageToImage;
using LdmMl;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Native;
using Microsoft.ML;
using Microsoft.ML.Data;

TorchRuntime.KeepFreedMemory();
var output = Directory.CreateDirectory(args.FirstOrDefault() ?? Path.Combine("out", "image-to-image")).FullName;
var mlContext = new MLContext();
using var model = LatentDiffusionModel.Load(ExampleFiles.Model);
using var mask = Masks.LowerHalf(side: 64);
string[] names = ["face-with-tears-of-joy", "smiling-face-with-sunglasses", "lion-face"];
var rows = mlContext.Data.LoadFromEnumerable(names.SelectMany(name => Enumerable.Range(1, 3).Select(
    seed => new EmojiRow { Path = ExampleFiles.Emoji(name), Seed = seed, Label = "Smileys & Emotion", Mask = mask })));

var options = new GenerateImagesOptions { OutputColumnName = "Varied", InitialImageColumnName = "Start", LabelColumnName = "Label" };
using var pipeline = mlContext.Transforms.LoadImageFiles("Start", "Path")
    .Append(mlContext.Transforms.ResizeImagesAntialiased("Start", 64, 64, fit: ImageFit.PadToFit))
    // The last 60 % of the steps, from the emoji with the corresponding noise: a lower strength changes less.
    .Append(mlContext.Transforms.GenerateImages(model, options with { Settings = new() { Strength = 0.6, GuidanceScale = 2 } }))
    // All steps, but where the mask is black the emoji is restored before each of them.
    .Append(mlContext.Transforms.GenerateImages(
        model, options with { OutputColumnName = "Repainted", MaskColumnName = "Mask", Settings = new() { GuidanceScale = 2 } }))
    .Fit(rows);

var groups = new List<IReadOnlyList<MLImage>>();
foreach (var row in mlContext.Data.CreateEnumerable<RepaintedRow>(pipeline.Transform(rows), reuseRowObject: false))
    groups.Add([row.Start, row.Varied, row.Repainted]);
var picture = Path.Combine(output, "repainted.png");
ImageGrid.Save(picture, groups, groupsPerRow: 3, scale: 2);
Console.WriteLine($"Emoji, variations, and the lower half repainted: {picture}");
