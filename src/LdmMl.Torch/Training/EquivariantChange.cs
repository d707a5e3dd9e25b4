using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Training;

/// <summary>What EQ-VAE does to a batch: another size, and quarter turns.</summary>
/// <param name="Height">The rows of the shrunk latents, before they are turned.</param>
/// <param name="Width">Their columns.</param>
/// <param name="Turns">The number of quarter turns, 0 to 3.</param>
/// <param name="BeforeEncoding">Whether the images are changed before they are encoded, and not the latents afterwards.</param>
internal sealed record EquivariantChange(long Height, long Width, long Turns, bool BeforeEncoding)
{
    private const int Draws = 4;

    /// <summary>Draws what happens to a batch; null for nothing. Every call takes the same number of random numbers.</summary>
    /// <param name="options">How often, and how small.</param>
    /// <param name="height">The rows of the latents.</param>
    /// <param name="width">Their columns.</param>
    /// <param name="smallest">The smallest side of latents that the loss accepts.</param>
    /// <param name="generator">A generator on the CPU.</param>
    public static EquivariantChange? Draw(EquivarianceTrainingOptions options, long height, long width, int smallest, Generator generator)
    {
        using var drawn = rand(Draws, ScalarType.Float64, generator: generator);
        var numbers = drawn.data<double>().ToArray();
        var ofLatents = numbers[0] < options.Probability;
        if (!ofLatents && numbers[1] >= options.SmallImageProbability)
            return null;
        var side = Math.Min(height, width);
        var least = Math.Max(smallest, (long)Math.Ceiling(options.SmallestScale * side));
        var shrunk = least < side ? least + (long)(numbers[2] * (side - least)) : side;
        return new EquivariantChange(Scaled(height), Scaled(width), ofLatents ? 1 + (long)(numbers[3] * 3) : 0, BeforeEncoding: !ofLatents);

        long Scaled(long length) => Math.Max(shrunk, (long)Math.Round((double)length * shrunk / side));
    }

    /// <summary>Shrinks and turns latents or images. The caller disposes the result and still owns the input.</summary>
    /// <param name="maps">Maps [B, C, h * factor, w * factor].</param>
    /// <param name="factor">How many of their rows one row of latents stands for.</param>
    public Tensor Apply(Tensor maps, int factor = 1)
    {
        using var scope = NewDisposeScope();
        var shrunk = functional.interpolate(maps, [Height * factor, Width * factor], mode: InterpolationMode.Bilinear, align_corners: false);
        return scope.MoveToOuter(Turns == 0 ? shrunk : shrunk.rot90(Turns, (-1, -2)));
    }
}
