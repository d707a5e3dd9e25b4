using LdmMl.Torch.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace EmojiGeneration;

/// <summary>How often the judge names the requested category.</summary>
internal static class Agreement
{
    private const int NameWidth = 24;

    /// <summary>Prints how good the judge is: its answers for real images that neither it nor its trunk has seen.</summary>
    public static void PrintJudge(CategoryJudge judge, EmojiImages heldOut, IReadOnlyList<string> labels)
    {
        using var images = heldOut.ToTensor();
        var verdicts = judge.Judge(images).Zip(heldOut.Categories, (found, real) => (Found: found, Real: real)).ToArray();
        Console.WriteLine($"The judge knows {heldOut.Categories.Distinct().Count()} categories and is right for "
            + $"{Share(verdicts)} of {verdicts.Length} real images that it has not seen:");
        foreach (var label in labels)
        {
            var own = verdicts.Where(verdict => verdict.Real == label).ToArray();
            var taken = verdicts.Count(verdict => verdict.Real != label && verdict.Found == label);
            Console.WriteLine($"  {label,-NameWidth} {Share(own)} of {own.Length}; {taken} others are mistaken for it");
        }
    }

    /// <summary>Prints one line of the table.</summary>
    public static void PrintLine(string name, CategoryJudge judge, LatentDiffusionModel model, Tensor images)
    {
        var labels = SeededImages.Labels(model);
        var verdicts = judge.Judge(images).Select((found, image) => (Found: found, Real: labels[SeededImages.LabelOf(model, image)])).ToArray();
        var own = labels.Select(label => Share([.. verdicts.Where(verdict => verdict.Real == label)]));
        Console.WriteLine($"  {name,-NameWidth} {Share(verdicts)}   {string.Join("   ", own)}");
    }

    public static void PrintHead(LatentDiffusionModel model) =>
        Console.WriteLine($"  {"",-NameWidth}  all      {string.Join(", ", SeededImages.Labels(model))}");

    private static string Share((string Found, string Real)[] verdicts) =>
        $"{100.0 * verdicts.Count(verdict => verdict.Found == verdict.Real) / verdicts.Length,5:F1} %";
}
