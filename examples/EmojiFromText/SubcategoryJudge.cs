using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace EmojiFromText;

/// <summary>Names the subcategory of an image: that of the real emoji whose features are nearest to it.</summary>
internal sealed class SubcategoryJudge : IDisposable
{
    private const int BatchSize = 50;

    private readonly FeatureModel features;
    private readonly int side;
    private readonly IReadOnlyList<Emoji> real;
    private readonly Tensor mean;
    private readonly Tensor deviation;
    private readonly Tensor known;

    /// <summary>Looks at all real emoji.</summary>
    /// <param name="features">Describes images.</param>
    /// <param name="real">The emoji.</param>
    /// <param name="images">Their images, [count, 3, 64, 64] in [-1, 1].</param>
    /// <param name="side">The side to which images are enlarged first, for features of a network that knows larger ones.</param>
    public SubcategoryJudge(FeatureModel features, IReadOnlyList<Emoji> real, Tensor images, int side = EmojiImages.Side)
    {
        using var scope = NewDisposeScope();
        (this.features, this.real, this.side) = (features, real, side);
        var described = Describe(images);
        mean = scope.MoveToOuter(described.mean([0], keepdim: true));
        deviation = scope.MoveToOuter(described.std(0, keepdim: true) + 1e-6);
        known = scope.MoveToOuter(Directions(described));
    }

    /// <summary>Names the subcategory of each image.</summary>
    /// <param name="images">[count, 3, 64, 64] in [-1, 1].</param>
    public string[] Judge(Tensor images)
    {
        using var scope = NewDisposeScope();
        return [.. Directions(Describe(images)).mm(known.T).argmax(1).data<long>().ToArray().Select(place => real[(int)place].Subcategory)];
    }

    /// <summary>Says how often a real emoji among some has the subcategory of the nearest other one.</summary>
    /// <param name="among">Which of the real ones, by their places.</param>
    public double ShareOfReal(IReadOnlyList<int> among)
    {
        using var scope = NewDisposeScope();
        var places = tensor(among.Select(place => (long)place).ToArray());
        var alike = known.index_select(0, places).mm(known.T);
        alike.scatter_(1, places.unsqueeze(1), full([among.Count, 1], float.NegativeInfinity));   // not itself
        var nearest = alike.argmax(1).data<long>().ToArray();
        return nearest.Zip(among).Count(pair => real[(int)pair.First].Subcategory == real[pair.Second].Subcategory) / (double)among.Count;
    }

    /// <summary>Says how often a real emoji taken at random fits.</summary>
    public double Chance(IReadOnlyList<Prompt> prompts) =>
        prompts.Average(prompt => real.Count(emoji => prompt.Subcategories.Contains(emoji.Subcategory)) / (double)real.Count);

    public void Dispose()
    {
        mean.Dispose();
        deviation.Dispose();
        known.Dispose();
    }

    private Tensor Describe(Tensor images) => cat([.. images.split(BatchSize).Select(batch => features.Features(Enlarge(batch), PixelRange.MinusOneToOne))]);

    private Tensor Enlarge(Tensor batch) => batch.shape[3] == side
        ? batch : nn.functional.interpolate(batch, [side, side], mode: InterpolationMode.Bilinear, align_corners: false);

    // Each feature counts alike, and only their proportions: [N, D] of length 1.
    private Tensor Directions(Tensor described) => nn.functional.normalize((described - mean) / deviation, dim: 1);
}
