using TorchSharp;
using static TorchSharp.torch;

namespace EmojiGeneration;

/// <summary>The nearest training image of each image, as it is or mirrored: shows whether a model copies or creates something new.</summary>
/// <param name="Distances">The root mean squared difference of all pixels, in levels of 0 to 255; one per image.</param>
/// <param name="Neighbours">The training images, [count, 3, 64, 64] in [-1, 1]; the owner of this record disposes them.</param>
internal sealed record NearestImages(IReadOnlyList<double> Distances, Tensor Neighbours) : IDisposable
{
    /// <summary>Finds the nearest training images.</summary>
    /// <param name="images">[count, 3, 64, 64] in [-1, 1].</param>
    /// <param name="training">[N, 3, 64, 64] in [-1, 1].</param>
    public static NearestImages Find(Tensor images, Tensor training)
    {
        using var scope = NewDisposeScope();
        var candidates = cat([training, training.flip(3)]);
        var distances = cdist(images.flatten(1), candidates.flatten(1));                  // [count, 2 N]
        var (nearest, indexes) = distances.min(1);
        var levels = 127.5 / Math.Sqrt(images[0].numel());
        return new NearestImages(
            [.. nearest.data<float>().ToArray().Select(value => value * levels)],
            scope.MoveToOuter(candidates.index_select(0, indexes)));
    }

    /// <summary>Returns the distance below which a share of the images lie.</summary>
    public double Quantile(double share) => Distances.Order().ElementAt((int)(share * (Distances.Count - 1)));

    public void Dispose() => Neighbours.Dispose();
}
