// dotnet run -c Release --project examples/FirstStageObjectives -- IMAGES_FOLDER [OUT_FOLDER] [STEPS] [MODEL_FOLDER]
// Trains the same small autoencoder three times, from the same weights, on the same images in the same order and for the same number of steps: with
// L1 only, with the perceptual distance of models/emoji-vgg.safetensors, and additionally with a discriminator. Then measures and shows the
// reconstructions of data/emoji, which was not used for training. A model from an earlier run in the output folder is not trained again.
// With MODEL_FOLDER, that autoencoder is trained further with the perceptual distance instead, and measured before and after.
using FirstStageObjectives;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Native;

TorchRuntime.KeepFreedMemory();
var folder = args.FirstOrDefault() ?? throw new ArgumentException("Give the folder of the training images.");
var output = Directory.CreateDirectory(args.ElementAtOrDefault(1) ?? Path.Combine("out", "objectives")).FullName;
var steps = int.Parse(args.ElementAtOrDefault(2) ?? "1800");
using var trunk = PerceptualModel.Load(ExampleFiles.Trunk);
string[] shown = ["owl", "hamburger", "tiger-face", "birthday-cake", "ferris-wheel", "steam-locomotive"];

var training = NamedImages.ReadWithout(folder, ExampleFiles.Samples);
var unseen = NamedImages.Read(ExampleFiles.Samples);
Console.WriteLine($"{training.Images.Count} training images, {unseen.Images.Count} held out.");
using var scoring = new Scoring(unseen.Images, trunk);
var start = args.ElementAtOrDefault(3);
Objective[] objectives = start is null ? [.. Objective.All(steps, trunk)] : [Objective.Finish(steps, trunk)];
var rows = new List<(string Name, byte[][] Images)> { ("ORIGINAL", Scoring.Bytes(unseen.Images)) };
var lines = new List<string>();
if (start is not null)
{
    using var before = AutoencoderModel.Load(start);
    Show("BEFORE", "before", before);
}
foreach (var objective in objectives)
{
    using var model = ObjectiveTraining.Run(objective, Path.Combine(output, objective.Folder), training.Images, unseen.Images, start);
    Show(objective.Label, objective.Name, model);
}

Console.WriteLine($"\n| trained for | PSNR, dB | SSIM | {trunk.Name} | sharpness |\n|---|---|---|---|---|");
Console.WriteLine(string.Join('\n', lines));
var picture = Path.Combine(output, "objectives.png");
Picture.Save(picture, [.. rows.Select(row => (row.Name, shown.Select(name => row.Images[unseen.Names.ToList().IndexOf(name)]).ToArray()))], scale: 2);
Console.WriteLine($"\nThe same six images under each: {picture}");

void Show(string label, string name, AutoencoderModel model)
{
    var reconstructions = Scoring.Reconstruct(model, unseen.Images);
    rows.Add((label, reconstructions));
    var scores = scoring.Measure(reconstructions);
    lines.Add($"| {name} | {scores.Psnr:F2} | {scores.Ssim:F4} | {scores.Distance:F4} | {scores.Sharpness:F3} |");
}
