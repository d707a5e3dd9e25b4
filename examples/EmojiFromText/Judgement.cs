using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Features;
using TorchSharp;
using static TorchSharp.torch;

namespace EmojiFromText;

/// <summary>Judges the images of 500 sentences, in figures and in pictures.</summary>
internal static class Judgement
{
    private const double Best = ExamplePrompts.Guidance;
    private const double NearCopy = 20;          // levels of 255
    private const int ShownCount = 48;

    private static readonly double[] Guidances = [1, 2, Best, 5, 7.5];

    /// <summary>Prints tables, and writes images beside the training images that are nearest to them.</summary>
    public static void Print(LatentDiffusionModel model, EmojiFolder emoji, Annotations annotations, string output)
    {
        var unseen = Prompt.Unseen(ExampleFiles.UnseenPrompts);
        Prompt.RequireUnseen(unseen, emoji.Training.SelectMany(one => Captions.Of(one, annotations)));
        var names = Prompt.Names(emoji.Training, unseen.Count);
        using var features = FeatureModel.Load(ExampleFiles.Trunk);
        using var images = EmojiImages.ToTensor(EmojiImages.Read(emoji.All));
        using var judge = new SubcategoryJudge(features, emoji.All, images);
        using var second = Second(emoji, images);
        using var learned = images.narrow(0, 0, emoji.Training.Count);
        int[] heldOut = [.. Enumerable.Range(emoji.Training.Count, emoji.HeldOut.Count)];
        Console.WriteLine($"Of {heldOut.Length} real emoji that were held out, {judge.ShareOfReal(heldOut):P1} have the subcategory of the nearest other real one.");
        if (second is not null)
            Console.WriteLine($"By the second judge, whose network knows photographs and none of these emoji, {second.ShareOfReal(heldOut):P1}.");
        Console.WriteLine($"By chance: {judge.Chance(names):P1} for {names.Count} names that were learned, {judge.Chance(unseen):P1} for {unseen.Count} unseen wordings.");
        Prompt[] all = [.. names, .. unseen];
        foreach (var guidance in Guidances)
        {
            using var drawn = DrawnImages.Run(model, [.. all.Select(prompt => prompt.Text)], guidance);
            PrintShares($"guidance {guidance,-4}", judge, drawn, all, names.Count);
            if (second is not null)
                PrintShares("    second judge", second, drawn, all, names.Count);
            if (guidance == Best)
                CompareWithTraining(drawn, learned, images.narrow(0, emoji.Training.Count, emoji.HeldOut.Count), names.Count, output);
        }
    }

    // The residual network of a package, once 'ldmml weights convert' has made it a file of this library; it has seen neither the emoji nor the trunk.
    private static SubcategoryJudge? Second(EmojiFolder emoji, Tensor images)
    {
        const string Name = "resnet18-cntk";
        try
        {
            return new SubcategoryJudge(FeatureModel.Load(Name), emoji.All, images, side: 128);
        }
        catch (CheckpointException)
        {
            Console.WriteLine($"There is no second judge: '{Name}' is not installed; 'ldmml weights convert' makes it.");
            return null;
        }
    }

    private static void PrintShares(string name, SubcategoryJudge judge, Tensor drawn, Prompt[] prompts, int names)
    {
        bool[] fits = [.. judge.Judge(drawn).Zip(prompts, (found, prompt) => prompt.Subcategories.Contains(found))];
        Console.WriteLine($"{name} all {Share(fits)}   names {Share(fits[..names])}   unseen {Share(fits[names..])}");
    }

    private static void CompareWithTraining(Tensor drawn, Tensor learned, Tensor heldOut, int names, string output)
    {
        using var scope = NewDisposeScope();
        using var nearest = NearestImages.Find(drawn, learned);
        using var usual = NearestImages.Find(heldOut, learned);
        PrintDistances($"{names} images of learned names", [.. nearest.Distances.Take(names)]);
        PrintDistances($"{nearest.Distances.Count - names} images of unseen wordings", [.. nearest.Distances.Skip(names)]);
        PrintDistances($"{heldOut.shape[0]} real emoji that were held out", usual.Distances);
        var picture = Path.Combine(output, "nearest.png");
        var shown = Enumerable.Range(0, ShownCount).Select(index => index * drawn.shape[0] / ShownCount);
        Sheet.Save(picture, shown.Select(index => stack([drawn[index], nearest.Neighbours[index]])), groupsPerRow: 8);
        Console.WriteLine($"    {ShownCount} of them, each beside the training image nearest to it: {picture}");
    }

    private static void PrintDistances(string name, IReadOnlyList<double> distances)
    {
        double[] sorted = [.. distances.Order()];
        var copies = sorted.Count(distance => distance < NearCopy) / (double)sorted.Length;
        Console.WriteLine($"    from {name} to the nearest training image: median {sorted[sorted.Length / 2]:F1} levels of 255, least {sorted[0]:F1}; "
            + $"nearer than {NearCopy}: {copies:P1}");
    }

    private static string Share(bool[] fits) => $"{100.0 * fits.Count(fit => fit) / fits.Length,5:F1} %";
}
