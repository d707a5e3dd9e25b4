namespace LdmMl.Transforms.Score;

/// <summary>The columns that a perceptual distance can be given in.</summary>
internal enum PerceptualOutput
{
    /// <summary>One number a row.</summary>
    Distance,

    /// <summary>One number for each layer.</summary>
    Layers,

    /// <summary>One number for each pixel.</summary>
    Map,
}
