namespace ImageService.Requests;

/// <summary>What tells the model what to draw.</summary>
internal enum ModelTakes
{
    /// <summary>Nothing: only the seed.</summary>
    Nothing,

    /// <summary>One of its labels.</summary>
    Labels,

    /// <summary>A text.</summary>
    Prompts,
}
