using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Features;
using TorchSharp;
using static TorchSharp.torch;

namespace EmojiGeneration;

/// <summary>Judges 500 images of a model, with figures and pictures.</summary>
internal static class Judgement
{
    private const int ImageCount = 500;
    private const int ShownCount = 48;

    /// <summary>Prints tables, and writes the images next to their nearest training images.</summary>
    public static void Print(LatentDiffusionModel model, EmojiFolder emoji, string output)
    {
        using var features = FeatureModel.Load(ExampleFiles.Trunk);
        var judge = new CategoryJudge(features, emoji.Training);
        Agreement.PrintJudge(judge, emoji.HeldOut, SeededImages.Labels(model));

        Console.WriteLine($"It agrees with the requested category, for {ImageCount} images with the seeds 1 to {ImageCount}:");
        Agreement.PrintHead(model);
        foreach (var trial in Trial.All)
        {
            using var images = SeededImages.Run(model, ImageCount, trial);
            Agreement.PrintLine(trial.Name, judge, model, images);
            if (trial == Trial.Best)
                CompareWithTraining(model, images, emoji, output);
        }
    }

    private static void CompareWithTraining(LatentDiffusionModel model, Tensor images, EmojiFolder emoji, string output)
    {
        var labels = SeededImages.Labels(model);
        using var training = emoji.Training.Of(labels).ToTensor();
        using var heldOut = emoji.HeldOut.Of(labels).ToTensor();
        using var nearest = NearestImages.Find(images, training);
        using var usual = NearestImages.Find(heldOut, training);
        PrintDistances($"{images.shape[0]} generated images", nearest);
        PrintDistances($"{heldOut.shape[0]} held-out real images", usual);
        var picture = Path.Combine(output, "nearest.png");
        using (NewDisposeScope())
            Sheet.Save(picture, Enumerable.Range(0, ShownCount).Select(index => stack([images[index], nearest.Neighbours[index]])), groupsPerRow: 8);
        Console.WriteLine($"    the first {ShownCount}, each next to its nearest training image: {picture}");
    }

    private static void PrintDistances(string name, NearestImages nearest) =>
        Console.WriteLine($"    from {name} to the nearest training image: median {nearest.Quantile(0.5):F1} levels of 255, "
            + $"a twentieth below {nearest.Quantile(0.05):F1}, smallest {nearest.Quantile(0):F1}");
}
