namespace LdmMl.Torch.Metrics;

/// <summary>Whether an image at exactly the radius of a ball is inside it.</summary>
internal enum BallEdge
{
    /// <summary>It is inside (Kynkäänniemi et al. 2019, eq. 1).</summary>
    Inside,

    /// <summary>It is outside (the code of Naeem et al. 2020).</summary>
    Outside,
}
