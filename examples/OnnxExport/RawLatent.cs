using Microsoft.ML.Data;

namespace OnnxExport;

/// <summary>A latent as the exported decoder takes it.</summary>
internal sealed class RawLatent
{
    [ColumnName("latent_sample")]
    [VectorType(1, 4, 16, 16)]
    public float[] Values { get; set; } = [];
}
