// dotnet run --project examples/QuickStart [-- "an old man with a beard"]
// Generates emoji by category from seeds, and from a sentence; reconstructs emoji that the autoencoder has never seen, measures what is lost, saves and reloads the
// pipeline; and trains an autoencoder.
using System.Diagnostics;
using LdmMl;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Native;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using QuickStart;

TorchRuntime.KeepFreedMemory();                                     // a fifth faster; see its documentation
var output = Directory.CreateDirectory(Path.Combine("out", "quickstart")).FullName;
var sentence = args.Length > 0 ? string.Join(' ', args) : "an old man with a beard";
var mlContext = new MLContext(seed: 1);
var images = mlContext.Data.LoadFromEnumerable(SampleImages.Paths().Select(path => new ImageRow { Path = path }));

// 1. Open an autoencoder and build an ordinary ML.NET pipeline around it.
using var autoencoder = AutoencoderModel.Load(SampleImages.Model);
Console.WriteLine($"Autoencoder: {autoencoder.ParameterCount:N0} parameters, {autoencoder.Config.DownsampleFactor}x smaller on each axis, "
    + $"{autoencoder.Config.LatentChannels} channels.");
using var perceptual = PerceptualModel.Load(SampleImages.Trunk);
Console.WriteLine($"Distance: {perceptual.Name}, 0 for equal images.");
var pipeline = mlContext.Transforms.LoadImageFiles("Image", "Path")
    .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64, fit: ImageFit.PadToFit))
    .Append(mlContext.Transforms.ReconstructImages("Reconstruction", autoencoder, "Image"))
    .Append(mlContext.Transforms.ScoreImageQuality("Image", "Reconstruction"))
    .Append(mlContext.Transforms.ScorePerceptualDistance("Distance", perceptual, "Image", "Reconstruction"));

// 2. Save it as one file and load it again: the file contains the weights.
var modelPath = Path.Combine(output, "model.zip");
using (var fitted = pipeline.Fit(images))
    mlContext.Model.Save(fitted, images.Schema, modelPath);
var reloaded = mlContext.Model.Load(modelPath, out _);
Console.WriteLine($"Saved and reloaded {modelPath} ({new FileInfo(modelPath).Length / 1e6:F1} MB).");

// 3. Score every image, and look at them.
var watch = Stopwatch.StartNew();
var pairs = new List<IReadOnlyList<MLImage>>();
var scores = new List<ScoredImage>();
foreach (var row in mlContext.Data.CreateEnumerable<ScoredImage>(reloaded.Transform(images), reuseRowObject: false))
{
    pairs.Add([row.Image, row.Reconstruction]);
    scores.Add(row);
}
foreach (var score in scores.OrderByDescending(score => score.Psnr))
    Console.WriteLine($"  {Path.GetFileNameWithoutExtension(score.Path),-34} PSNR {score.Psnr,6:F2} dB   SSIM {score.Ssim:F4}   distance {score.Distance:F3}");
Console.WriteLine($"  mean of {scores.Count} images {"",18} PSNR {scores.Average(score => score.Psnr),6:F2} dB   "
    + $"SSIM {scores.Average(score => score.Ssim):F4}   distance {scores.Average(score => score.Distance):F3}   ({watch.Elapsed.TotalSeconds:F1} s)");

// 4. Train: Fit works as everywhere in ML.NET, and reports its progress through mlContext.Log.
mlContext.Log += (_, log) =>
{
    if (log.Kind == ChannelMessageKind.Info && log.RawMessage.Contains("validation", StringComparison.Ordinal))
        Console.WriteLine($"  {log.RawMessage}");
};
var trainer = mlContext.LatentDiffusion().Trainers.Autoencoder(new AutoencoderEstimatorOptions
{
    Network = new KlAutoencoderConfig
    {
        BaseChannels = 16, ChannelMultipliers = [1, 1, 1], LatentChannels = 4, ResidualBlocks = 1, NormGroups = 8, MiddleAttention = false,
    },
    Training = new AutoencoderTrainingOptions
    {
        Steps = 60, BatchSize = 4, LearningRate = 3e-3, Decay = LearningRateDecay.Cosine, ValidationInterval = 20,
    },
    ValidationFraction = 0.2,
});
Console.WriteLine("Training a small autoencoder from scratch for 60 steps:");
watch.Restart();
using var trained = trainer.Fit(SampleImages.Load(mlContext, images));
using var fresh = trained.OpenAutoencoder();
fresh.Save(Path.Combine(output, "trained"));                        // the diffusers layout: vae/config.json + safetensors
Console.WriteLine($"Trained {fresh.ParameterCount:N0} parameters in {watch.Elapsed.TotalSeconds:F1} s; saved to {Path.Combine(output, "trained")}.");

// 5. Generate: a seed and a label always give the same image.
using var diffusion = LatentDiffusionModel.Load(SampleImages.DiffusionModel);
var labels = WantedImage.LabelsOf(diffusion);
var wanted = mlContext.Data.LoadFromEnumerable(WantedImage.Rows(labels, seedsPerLabel: 6));
var generator = mlContext.Transforms.GenerateImages("Image", diffusion, labelColumnName: "Label", steps: 15, guidanceScale: 2);
watch.Restart();
using var generating = generator.Fit(wanted);
var generated = mlContext.Data.CreateEnumerable<GeneratedImage>(generating.Transform(wanted), reuseRowObject: false)
    .Select(row => new[] { row.Image }).ToArray();
Console.WriteLine($"Generated {generated.Length} emoji in {watch.Elapsed.TotalSeconds:F1} s: {string.Join(", ", labels)}.");

// 6. Draw what a sentence says: a text encoder, trained together with the U-Net, turns it into what the U-Net looks at.
using var listening = LatentDiffusionModel.Load(SampleImages.TextModel);
watch.Restart();
var drawn = Enumerable.Range(1, 6).Select(seed => listening.Generate(seed, sentence, settings: SampleImages.FromText)).ToArray();
Console.WriteLine($"Drew \"{sentence}\" {drawn.Length} times in {watch.Elapsed.TotalSeconds:F1} s.");

// 7. Three pictures: originals beside reconstructions, what was generated, one line for each category, and what was drawn.
var picture = Path.Combine(output, "reconstructions.png");
ImageGrid.Save(picture, pairs, groupsPerRow: 8, scale: 2);
Console.WriteLine($"Originals next to reconstructions: {picture}");
picture = Path.Combine(output, "generated.png");
ImageGrid.Save(picture, generated, groupsPerRow: 6, scale: 2);
Console.WriteLine($"Generated emoji: {picture}");
picture = Path.Combine(output, "sentence.png");
ImageGrid.Save(picture, drawn, columns: drawn.Length, scale: 2);
Console.WriteLine($"Emoji of the sentence: {picture}");
foreach (var image in pairs.Concat(generated).Append(drawn).SelectMany(group => group))
    image.Dispose();
