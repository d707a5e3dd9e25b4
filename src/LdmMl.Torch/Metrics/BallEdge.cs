namespace LdmMl.Torch.Metrics;

/// <summary>Where an image belongs that lies exactly as far from a ball's centre as the ball reaches.</summary>
internal enum BallEdge
{
    /// <summary>To the ball (Kynkäänniemi et al. 2019, eq. 1).</summary>
    Inside,

    /// <summary>Not to the ball (the code of Naeem et al. 2020).</summary>
    Outside,
}
