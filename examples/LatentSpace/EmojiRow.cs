using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LatentSpace;

/// <summary>An emoji, its latent, and its cluster.</summary>
internal sealed class EmojiRow
{
    public string Path { get; set; } = "";

    [ImageType(64, 64)]
    public MLImage Image { get; set; } = null!;

    [VectorType(4, 16, 16)]
    public float[] Latent { get; set; } = [];

    [ColumnName("PredictedLabel")]
    public uint Cluster { get; set; }

    /// <summary>Gets or sets the squared distance to the centre of each cluster.</summary>
    [ColumnName("Score")]
    public float[] Distances { get; set; } = [];

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);
}
