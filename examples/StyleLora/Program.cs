// dotnet run -c Release --project examples/StyleLora [-- OUTPUT_FOLDER]
// Teaches the shipped model of labels a style from 30 images: trains a LoRA, a small file that changes only its attention.
using LdmMl;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Native;
using LdmMl.Torch.Training;
using Microsoft.ML;
using StyleLora;

const int Learned = 30, Judged = 48, Shown = 12;
TorchRuntime.KeepFreedMemory();
var output = Directory.CreateDirectory(args.FirstOrDefault() ?? Path.Combine("out", "style-lora")).FullName;
using var model = LatentDiffusionModel.Load(ExampleFiles.Model);

// 30 drawings of the model, printed in shades of blue; what it draws below has other seeds.
using var plain = Drawings.Of(model, seed: 1001, Learned);
using var prints = Style.Print(plain);
var labels = Drawings.Labels(model);
var mlContext = new MLContext();
var rows = mlContext.Data.LoadFromEnumerable(
    prints.ToImages().Select((image, place) => new StyledRow { Image = image, Label = labels[place % labels.Count] }).ToArray());

var trainer = mlContext.LatentDiffusion().Trainers.Diffusion(new DiffusionEstimatorOptions
{
    LabelColumnName = "Label",
    Training = new DiffusionTrainingOptions
    {
        InitialModel = model, Lora = new LoraTrainingOptions { Rank = 16 },
        Steps = 300, LearningRate = 5e-3, EmaDecay = 0.99, HorizontalFlips = true,
    },
    Progress = new StepReport(),
});
using var trained = trainer.Fit(rows);
var path = Path.Combine(output, TrainedLora.FileName);
trained.Lora!.Save(path, StorageFormat.Float16);
Console.WriteLine($"{trained.Lora}; in float16 {new FileInfo(path).Length:N0} bytes: {path}");

// The file works at any strength, and the model itself is as before.
Console.WriteLine($"Mean distance from the style's colours, in levels of 255: {Style.Distance(prints):F1} for the prints, and for {Judged} other drawings");
List<ImageGroup> groups = [new("learned from", prints.narrow(0, 0, Shown).ToImages())];
foreach (var weight in new[] { 0, 0.5, 1 })
{
    using var styled = model.WithLora(path, weight);
    using var drawn = Drawings.Of(styled, seed: 1, Judged);
    Console.WriteLine($"{Style.Distance(drawn),5:F1} with the LoRA at {weight}");
    groups.Add(new($"LoRA at {weight}", drawn.narrow(0, 0, Shown).ToImages()));
}

var picture = Path.Combine(output, "style.png");
ImageGrid.Save(picture, groups);
Console.WriteLine($"The first {Shown} of each: {picture}");
