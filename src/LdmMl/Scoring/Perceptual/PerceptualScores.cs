using LdmMl.Models;
using LdmMl.Torch.Models.Perceptual;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Scoring.Perceptual;

/// <summary>The scores of rows of one size.</summary>
internal sealed class PerceptualScores : IDisposable
{
    private readonly float[] _total;
    private readonly float[][] _layers;
    private readonly PlaneTensor? _map;

    /// <param name="distances">The distances of the rows, on the CPU; they stay the caller's.</param>
    public PerceptualScores(PerceptualDistances distances)
    {
        _total = distances.Total.data<float>().ToArray();
        float[][] layers = [.. distances.Layers.Select(layer => layer.data<float>().ToArray())];
        _layers = [.. Enumerable.Range(0, _total.Length).Select(row => Array.ConvertAll(layers, layer => layer[row]))];
        _map = distances.Map is { } map ? new PlaneTensor(map.contiguous().DetachFromDisposeScope()) : null;
    }

    public float Total(int row) => _total[row];

    public ReadOnlySpan<float> Layers(int row) => _layers[row];

    /// <summary>Gets the map [1, H, W] of a row; valid until this is disposed.</summary>
    public ReadOnlySpan<float> Map(int row) => _map!.Row(row);

    public void Dispose() => _map?.Dispose();
}
