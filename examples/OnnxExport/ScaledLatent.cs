using Microsoft.ML.Data;

namespace OnnxExport;

/// <summary>A latent as this library's columns hold it.</summary>
internal sealed class ScaledLatent
{
    [VectorType(4 * 16 * 16)]
    public float[] Latent { get; set; } = [];
}
