// dotnet run -c Release --project examples/EmojiFromText -- "a man" "flag of Germany"
//     emoji from sentences, with the shipped model
// dotnet run -c Release --project examples/EmojiFromText -- train EMOJI_FOLDER CLDR_FOLDER OUT_FOLDER [STEPS] [SEED]
//     trains such a model: EMOJI_FOLDER holds 64x64 images and labels.tsv, CLDR_FOLDER the annotations of Unicode's CLDR (its folder "common");
//     stopped by Ctrl-C and started again, it goes on
// dotnet run -c Release --project examples/EmojiFromText -- judge EMOJI_FOLDER CLDR_FOLDER [MODEL_FOLDER]
//     judges the images of 500 sentences: is what was asked for what they are most like, and are they new?
using EmojiFromText;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Native;
using TorchSharp;

TorchRuntime.KeepFreedMemory();
if (args is ["train", var trainingFolder, var cldr, var result, .. var numbers])
{
    var steps = numbers.Length > 0 ? int.Parse(numbers[0]) : 20000;
    var seed = numbers.Length > 1 ? int.Parse(numbers[1]) : 1;
    TextTraining.Run(EmojiFolder.Read(trainingFolder, ExampleFiles.Samples), Annotations.Read(cldr), result, steps, seed);
    return;
}

var output = Directory.CreateDirectory(Path.Combine("out", "emoji-from-text")).FullName;
if (args is ["judge", var emojiFolder, var annotations, .. var models])
{
    using var judged = LatentDiffusionModel.Load(models.FirstOrDefault() ?? ExampleFiles.Model);
    Judgement.Print(judged, EmojiFolder.Read(emojiFolder, ExampleFiles.Samples), Annotations.Read(annotations), output);
    return;
}

using var model = LatentDiffusionModel.Load(ExampleFiles.Model);
var prompts = args.Length > 0 ? args : ExamplePrompts.All;
using var images = DrawnImages.Run(model, [.. prompts.SelectMany(prompt => Enumerable.Repeat(prompt, ExamplePrompts.ImagesOfEach))], ExamplePrompts.Guidance);
var picture = Path.Combine(output, "grid.png");
using (torch.NewDisposeScope())
    Sheet.Save(picture, prompts.Select((prompt, place) => (prompt, images.narrow(0, place * ExamplePrompts.ImagesOfEach, ExamplePrompts.ImagesOfEach))));
Console.WriteLine($"{model.ParameterCount:N0} parameters. {ExamplePrompts.ImagesOfEach} images of each sentence: {picture}");
