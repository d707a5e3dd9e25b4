using LdmMl.Torch.Generation;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FashionMnist;

/// <summary>Judges generated images with a classifier that has only seen real ones.</summary>
internal static class Judgement
{
    private const int BatchSize = 100, AgreementShare = 10, ShownRows = 10;

    /// <summary>Prints the figures, and writes a grid of the first images.</summary>
    public static void Print(LatentDiffusionModel model, Classifier classifier, FashionData data, string output, Plan plan)
    {
        var clock = new TrainingClock();
        Console.WriteLine($"The classifier is right for {Right(classifier, data.Test):P1} of the {data.Test.Images.Count:N0} test images.");
        using var generated = Generate(model, plan.JudgedImages);
        Console.WriteLine($"{plan.JudgedImages:N0} images generated with the seeds 1 to {plan.JudgedImages} and the labels in turn in {clock.Time}.");
        var (picture, shown) = (Path.Combine(output, "generated.png"), Math.Min(plan.JudgedImages, ShownRows * FashionData.Names.Count));
        Sheet.Save(picture, generated.narrow(0, 0, shown), FashionData.Names.Count);
        Console.WriteLine($"The first {shown}: {picture}");
        PrintAgreement(classifier, generated.narrow(0, 0, plan.JudgedImages / AgreementShare));
        PrintDistances(model.Autoencoder, classifier, data, generated);
    }

    private static double Right(Classifier classifier, LabeledImages images)
    {
        using var batch = ImageTensor.Of(images.Images, [.. Enumerable.Range(0, images.Images.Count)]);
        return classifier.Label(batch).Zip(images.Labels!).Average(pair => pair.First == pair.Second ? 1.0 : 0.0);
    }

    // Image i has seed i + 1 and the label i modulo 10.
    private static Tensor Generate(LatentDiffusionModel model, int count)
    {
        using var scope = NewDisposeScope();
        using Scalar least = (-1).ToScalar(), greatest = 1.ToScalar();
        var settings = new GenerationSettings { GuidanceScale = Plan.Guidance };
        var batches = Enumerable.Range(0, count).Chunk(BatchSize).Select(rows => model.Generate(
            new GenerationBatch { Seeds = [.. rows.Select(row => row + 1L)], Labels = [.. rows.Select(row => row % FashionData.Names.Count)] }, settings));
        return scope.MoveToOuter(cat([.. batches]).clamp(least, greatest));
    }

    private static void PrintAgreement(Classifier classifier, Tensor images)
    {
        var found = classifier.Label(images);
        var agrees = found.Select((label, image) => (Wanted: image % FashionData.Names.Count, Agrees: label == image % FashionData.Names.Count)).ToArray();
        Console.WriteLine($"It sees the requested kind in {agrees.Average(image => image.Agrees ? 1.0 : 0.0):P1} of the first {agrees.Length:N0}:");
        foreach (var kind in agrees.GroupBy(image => image.Wanted))
            Console.WriteLine($"  {FashionData.Names[kind.Key],-10} {kind.Average(image => image.Agrees ? 1.0 : 0.0),7:P1}");
    }

    private static void PrintDistances(AutoencoderModel firstStage, Classifier classifier, FashionData data, Tensor generated)
    {
        using var scope = NewDisposeScope();
        var real = Statistics(classifier, Half(data.Training.Images));
        var test = ImageTensor.Of(data.Test.Images, [.. Enumerable.Range(0, data.Test.Images.Count)]);
        Console.WriteLine($"Fréchet distance of {ClothingNetwork.FeatureCount} features, the classifier's last hidden layer, to every second training image:");
        Print($"{generated.shape[0]:N0} generated images", generated);
        Print($"{test.shape[0]:N0} test images", test);
        Print("the same, reconstructed by the first stage", cat([.. test.split(BatchSize).Select(batch => firstStage.Reconstruct(batch))]));

        void Print(string name, Tensor images) =>
            Console.WriteLine($"  {name,-42} {Statistics(classifier, [images]).FrechetDistance(real).Distance,8:F2}");
    }

    private static IEnumerable<Tensor> Half(IImageSet images) =>
        Enumerable.Range(0, images.Count / 2).Chunk(BatchSize * BatchSize).Select(rows => ImageTensor.Of(images, [.. rows.Select(row => 2 * row)]));

    private static FrechetStatistics Statistics(Classifier classifier, IEnumerable<Tensor> batches)
    {
        var statistics = new FrechetStatistics(ClothingNetwork.FeatureCount);
        foreach (var batch in batches)
        {
            using var features = classifier.Features(batch);
            statistics.Add(features);
        }

        return statistics;
    }
}
