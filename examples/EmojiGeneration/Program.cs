// dotnet run -c Release --project examples/EmojiGeneration
//     generates emoji by category from seeds, with the shipped model
// dotnet run -c Release --project examples/EmojiGeneration -- train EMOJI_FOLDER OUT_FOLDER [STEPS] [SEED]
//     trains a model: EMOJI_FOLDER contains 64x64 images and labels.tsv; stopped by Ctrl-C and started again, it resumes
// dotnet run -c Release --project examples/EmojiGeneration -- judge EMOJI_FOLDER [MODEL_FOLDER]
//     judges 500 images of a model: does a classifier that knows only real emoji see the requested category, and are the images new?
using EmojiGeneration;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Native;
using TorchSharp;

TorchRuntime.KeepFreedMemory();
if (args is ["train", var trainingFolder, var result, .. var numbers])
{
    var steps = numbers.Length > 0 ? int.Parse(numbers[0]) : 16000;
    var seed = numbers.Length > 1 ? int.Parse(numbers[1]) : 1;
    DiffusionTraining.Run(EmojiFolder.Read(trainingFolder, ExampleFiles.Samples), result, steps, seed);
    return;
}

var output = Directory.CreateDirectory(Path.Combine("out", "emoji-generation")).FullName;
if (args is ["judge", var emojiFolder, .. var models])
{
    using var judged = LatentDiffusionModel.Load(models.FirstOrDefault() ?? ExampleFiles.Model);
    Judgement.Print(judged, EmojiFolder.Read(emojiFolder, ExampleFiles.Samples), output);
    return;
}

using var model = LatentDiffusionModel.Load(args.FirstOrDefault() ?? ExampleFiles.Model);
var labels = SeededImages.Labels(model);
Console.WriteLine($"{model.ParameterCount:N0} parameters; labels: {string.Join(", ", labels)}.");
using var images = SeededImages.Run(model, 16 * labels.Count, Trial.Best);
var picture = Path.Combine(output, "grid.png");
using (torch.NewDisposeScope())
    Sheet.Save(picture, labels.Select((_, label) => images.slice(0, label, images.shape[0], labels.Count)), groupsPerRow: 1);
Console.WriteLine($"Images by category: {picture}");
