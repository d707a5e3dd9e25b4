namespace Cluster;

/// <summary>The columns of the pipeline that are written.</summary>
internal sealed class Score
{
    public string Path { get; set; } = "";

    public float Psnr { get; set; }
}
