// dotnet run --project examples/PerceptualTrunk
//     shows how the shipped trunk orders graded distortions
// dotnet run -c Release --project examples/PerceptualTrunk -- rank IMAGES [SIDE]
//     compares that order with those of butteraugli and SSIMULACRA, whose programs must be on the path, on the middle SIDE x SIDE pixels (64) of
//     every PNG file of a folder; with resnet18-cntk too if it is installed ('ldmml weights convert')
// dotnet run -c Release --project examples/PerceptualTrunk -- train EMOJI_FOLDER OUT_FILE [EPOCHS] [SEED]
//     trains a trunk: EMOJI_FOLDER contains 64x64 images and labels.tsv
// A trunk that was not fitted to human judgements gives an *uncalibrated* perceptual distance. It is not LPIPS, and its values can only be
// compared with each other.
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Native;
using PerceptualTrunk;
using PerceptualTrunk.Judging;

TorchRuntime.KeepFreedMemory();
if (args is ["train", var folder, var file, .. var numbers])
{
    var images = LabelledImages.Read(folder, ExampleFiles.Samples);
    Console.WriteLine($"{images.Training.Count} training images, {images.HeldOut.Count} held out; "
        + $"{images.Categories} categories, {images.Subcategories} subcategories.");
    var epochs = numbers.Length > 0 ? int.Parse(numbers[0]) : 40;
    var seed = numbers.Length > 1 ? int.Parse(numbers[1]) : 1;
    using var network = new TrunkTraining(images, epochs, seed).Run();
    using var trained = TrunkFile.Save(network, file);
    Console.WriteLine($"{trained.Name}: {trained.ParameterCount:N0} parameters, {new FileInfo(file).Length / 1e6:F2} MB: {file}");
    return;
}

if (args is ["rank", var pictures, .. var sides])
{
    var side = sides.Length > 0 ? int.Parse(sides[0]) : ImageFiles.Side;
    RankTable.Print(SampleImages.ReadMiddles(pictures, side), [ExampleFiles.Trunk, "resnet18-cntk"]);
    return;
}

using var model = PerceptualModel.Load(args.FirstOrDefault() ?? ExampleFiles.Trunk);
var samples = SampleImages.Read(ExampleFiles.Samples);
Console.WriteLine($"{model.Name}, {model.ParameterCount:N0} parameters, on {samples.Count} images that it has not seen.");
using var judge = new Judge(model, samples);
DistortionTables.Print(judge);
