using LdmMl.Torch.Models.Perceptual;
using PerceptualTrunk.Distortions;
using SkiaSharp;

namespace PerceptualTrunk.Judging;

/// <summary>Prints how similarly measures order all grades of all distortions of an image.</summary>
internal static class RankTable
{
    public static void Print(IReadOnlyList<RgbImage> images, IReadOnlyList<string> networks)
    {
        (Distortion Kind, double Grade)[] grades = [.. Distortion.All.SelectMany(kind => kind.Grades.Select(grade => (kind, grade)))];
        RgbImage[][] distorted = [.. grades.Select(grade => images.Select(image => grade.Kind.Apply(image, grade.Grade)).ToArray())];
        var measured = new List<(string Name, double[][] Distances)>();        // [grade][image], larger is further from the original
        foreach (var network in networks)
            measured.AddRange(ByNetwork(network, images, distorted, isFirst: measured.Count == 0));
        var outside = ByPrograms(images, distorted);

        Console.WriteLine($"{images.Count} images of {images[0].Width}x{images[0].Height}, {grades.Length} grades of {Distortion.All.Count} distortions each.");
        Console.WriteLine("Spearman's correlation of an image's grades, mean over the images (its standard error):\n");
        Console.WriteLine($"| measure | {string.Join(" | ", outside.Select(measure => measure.Name))} |\n|---|{string.Concat(outside.Select(_ => "---|"))}");
        foreach (var (name, distances) in measured.Concat(outside))
            Console.WriteLine($"| {name} | {string.Join(" | ", outside.Select(other => Compare(distances, other.Distances)))} |");
    }

    private static IEnumerable<(string Name, double[][] Distances)> ByNetwork(
        string network, IReadOnlyList<RgbImage> images, RgbImage[][] distorted, bool isFirst)
    {
        PerceptualModel model;
        try
        {
            model = PerceptualModel.Load(network);
        }
        catch (FileNotFoundException error)
        {
            Console.WriteLine($"without {network}: {error.Message}");
            yield break;
        }
        using (model)
        {
            using var judge = new Judge(model, images);
            Verdicts[] verdicts = [.. distorted.Select(grade => judge.Of(grade))];
            if (isFirst)
            {
                yield return ("PSNR", [.. verdicts.Select(verdict => verdict.Psnr.Select(value => -value).ToArray())]);
                yield return ("SSIM", [.. verdicts.Select(verdict => verdict.Ssim.Value.Select(value => -value).ToArray())]);
            }
            yield return (model.Name, [.. verdicts.Select(verdict => verdict.Distance.Select(value => (double)value).ToArray())]);
        }
    }

    private static List<(string Name, double[][] Distances)> ByPrograms(IReadOnlyList<RgbImage> images, RgbImage[][] distorted)
    {
        var folder = Directory.CreateTempSubdirectory("rank");
        try
        {
            string[] originals = [.. images.Select((image, index) => Save(image, Path.Combine(folder.FullName, $"{index}.png")))];
            string[][] files =
                [.. distorted.Select((grade, at) => grade.Select((image, index) => Save(image, Path.Combine(folder.FullName, $"{index}-{at}.png"))).ToArray())];
            return
            [
                .. OutsideMeasure.All.Select(measure => (measure.Name, files.Select(
                    grade => grade.Select((file, index) => measure.Distance(originals[index], file)).ToArray()).ToArray())),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Compare(double[][] first, double[][] second)
    {
        double[] correlations =
        [
            .. Enumerable.Range(0, first[0].Length).Select(
                image => RankCorrelation.Compute([.. first.Select(grade => grade[image])], [.. second.Select(grade => grade[image])])),
        ];
        var mean = correlations.Average();
        var variance = correlations.Sum(value => (value - mean) * (value - mean)) / (correlations.Length - 1);
        return $"{mean:F3} ({Math.Sqrt(variance / correlations.Length):F3})";
    }

    private static string Save(RgbImage image, string path)
    {
        using var bitmap = Bitmaps.Of(image);
        using var file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        return path;
    }
}
