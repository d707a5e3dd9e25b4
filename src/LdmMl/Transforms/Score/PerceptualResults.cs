using LdmMl.Models;
using LdmMl.Torch.Models.Perceptual;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Transforms.Score;

/// <summary>The scores of rows of one size.</summary>
internal sealed class PerceptualResults : IDisposable
{
    private readonly float[] total;
    private readonly float[][] layers;
    private readonly PlaneTensor? map;

    /// <param name="distances">The distances of the rows, on the CPU; they stay the caller's.</param>
    public PerceptualResults(PerceptualDistances distances)
    {
        total = distances.Total.data<float>().ToArray();
        float[][] layers = [.. distances.Layers.Select(layer => layer.data<float>().ToArray())];
        this.layers = [.. Enumerable.Range(0, total.Length).Select(row => Array.ConvertAll(layers, layer => layer[row]))];
        this.map = distances.Map is { } map ? new PlaneTensor(map.contiguous().DetachFromDisposeScope()) : null;
    }

    public float Total(int row) => total[row];

    public ReadOnlySpan<float> Layers(int row) => layers[row];

    /// <summary>Gets the map [1, H, W] of a row; valid until this is disposed.</summary>
    public ReadOnlySpan<float> Map(int row) => map!.Row(row);

    public void Dispose() => map?.Dispose();
}
