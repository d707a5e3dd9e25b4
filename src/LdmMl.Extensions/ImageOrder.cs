using LdmMl.Torch.Generation;
using Microsoft.Extensions.AI;

namespace LdmMl.Extensions;

/// <summary>A parsed request: everything that determines its images.</summary>
internal sealed record ImageOrder
{
    public required GenerationSettings Settings { get; init; }

    /// <summary>Gets the seed of each image.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>Gets the media type of the images.</summary>
    public required string MediaType { get; init; }

    public string? Prompt { get; init; }

    public string? NegativePrompt { get; init; }

    /// <summary>Gets what the second of two text encoders reads in place of the prompt; null for the same.</summary>
    public string? SecondPrompt { get; init; }

    /// <summary>Gets what it reads in place of the negative prompt; null for the same.</summary>
    public string? SecondNegativePrompt { get; init; }

    /// <summary>Gets the number of the label; null for none.</summary>
    public int? Label { get; init; }

    /// <summary>Gets the image to start from; null for none.</summary>
    public DataContent? Original { get; init; }

    /// <summary>Gets which part of it is painted; null for all.</summary>
    public DataContent? Mask { get; init; }
}
