using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace EmojiGeneration;

/// <summary>
/// Classifies images into all categories of the table, not only the generated ones: softmax regression of ML.NET on features of the
/// shipped trunk. Both were trained on real emoji only.
/// </summary>
internal sealed class CategoryJudge
{
    private const int BatchSize = 50;

    private readonly MLContext mlContext = new(seed: 1);
    private readonly FeatureModel features;
    private readonly ITransformer classifier;

    /// <summary>Trains on real images and their mirror images.</summary>
    public CategoryJudge(FeatureModel features, EmojiImages training)
    {
        this.features = features;
        using var images = training.ToTensor();
        using var mirrored = images.flip(3);
        var rows = mlContext.Data.LoadFromEnumerable(
            Describe(images, training.Categories).Concat(Describe(mirrored, training.Categories)), Schema);
        classifier = mlContext.Transforms.NormalizeMeanVariance("Features")
            .Append(mlContext.Transforms.Conversion.MapValueToKey("Label", "Category"))
            .Append(mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                L1Regularization = 0, L2Regularization = 50, NumberOfThreads = 1,
            }))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedCategory", "PredictedLabel"))
            .Fit(rows);
    }

    private SchemaDefinition Schema
    {
        get
        {
            var schema = SchemaDefinition.Create(typeof(DescribedImage));
            schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features.Dimensions);
            return schema;
        }
    }

    /// <summary>Returns the category of each image.</summary>
    /// <param name="images">[count, 3, 64, 64] in [-1, 1].</param>
    public string[] Judge(Tensor images)
    {
        var rows = mlContext.Data.LoadFromEnumerable(Describe(images, new string[images.shape[0]]), Schema);
        return [.. mlContext.Data.CreateEnumerable<Verdict>(classifier.Transform(rows), reuseRowObject: false).Select(row => row.PredictedCategory)];
    }

    /// <summary>Returns the features of images, one row each.</summary>
    public float[][] Features(Tensor images)
    {
        using var scope = NewDisposeScope();
        return [.. images.split(BatchSize).SelectMany(batch =>
            features.Features(batch, PixelRange.MinusOneToOne).data<float>().ToArray().Chunk(features.Dimensions))];
    }

    private IEnumerable<DescribedImage> Describe(Tensor images, IReadOnlyList<string> categories) =>
        Features(images).Zip(categories, (vector, category) => new DescribedImage { Category = category ?? "", Features = vector });
}
