using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>The distance of one layer's activations for pairs of images.</summary>
/// <param name="Value">The mean over the positions, [B], float64.</param>
/// <param name="Map">The difference at each position, [B, 1, h, w], float32.</param>
internal readonly record struct LayerDistance(Tensor Value, Tensor Map)
{
    /// <summary>
    /// Compares activations [B, C, h, w] (Zhang et al. 2018, eq. 1): unit vectors over the channels, squared differences, channel weights.
    /// One image's activations [1, C, h, w] are compared with each of the other side.
    /// </summary>
    /// <param name="first">Activations of one side, in the trunk's number format.</param>
    /// <param name="second">Activations of the other side.</param>
    /// <param name="head">The weights of the channels, [1, C, 1, 1]; null for all ones.</param>
    public static LayerDistance Measure(Tensor first, Tensor second, Tensor? head)
    {
        if (!is_grad_enabled() && FusedComparison.Serves(second))
            return FusedComparison.Measure(first, second, head);
        using var scope = NewDisposeScope();
        var difference = (Unit(first) - Unit(second)).pow(Whole(2));                                  // [B, C, h, w]
        var map = (head is null ? difference : difference * head).sum(1, keepdim: true);              // [B, 1, h, w]
        var value = map.mean([1, 2, 3], type: ScalarType.Float64);                                    // [B]
        scope.MoveToOuter(map, value);
        return new(value, map);
    }

    // Where every channel is 0 the root has no derivative; a length of 1 gives the same vector, 0, with the derivative that ReLU passes on: zero.
    private static Tensor Unit(Tensor activations)
    {
        var exact = activations.to(ScalarType.Float32);
        var square = exact.pow(Whole(2)).sum(1, keepdim: true);                                       // [B, 1, h, w]
        return exact / (square.where(square > Real(0), ones_like(square)).sqrt() + Real(Kernels.PlanarUnitDistance.Epsilon));
    }
}
