using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>Collects the layers' distances and sums them.</summary>
/// <param name="images">The images; their size is that of the map, their device that of the results.</param>
/// <param name="spatial">Whether to compute the maps too.</param>
internal sealed class DistanceSum(Tensor images, bool spatial)
{
    private readonly List<Tensor> values = [];
    private Tensor? map;

    public void Add(LayerDistance layer)
    {
        values.Add(layer.Value);
        if (!spatial)
            return;
        var stretched = functional.interpolate(layer.Map, size: [images.shape[2], images.shape[3]], mode: InterpolationMode.Bilinear, align_corners: false);
        map = map is null ? stretched : map.Plus(stretched);         // [B, 1, H, W]
    }

    public PerceptualDistances ToDistances()
    {
        var total = values.Aggregate((sum, value) => sum.Plus(value));
        return new(ToResult(total), [.. values.Select(ToResult)], map is null ? null : ToResult(map));
    }

    private Tensor ToResult(Tensor value) => value.to(ScalarType.Float32, images.device);
}
