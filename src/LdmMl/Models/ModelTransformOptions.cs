using System.Text.Json.Serialization;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;

namespace LdmMl;

/// <summary>The options of all transforms that run a network.</summary>
public abstract record ModelTransformOptions
{
    /// <summary>Gets how many rows are computed at once; at least 1. The values are the same for every size.</summary>
    /// <value>Default: 16.</value>
    public int BatchSize { get; init; } = 16;

    /// <summary>Gets the token that cancels the reading of rows, between two batches and between two sampling steps.</summary>
    /// <value>Default: no cancellation. The token is not stored in a model file.</value>
    [JsonIgnore]
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Gets the number of the GPU to compute on, from 0.</summary>
    /// <value>Default: null, the MLContext's <c>GpuDeviceId</c>, or the CPU if that is null too.</value>
    [JsonIgnore]   // a device belongs to the machine
    public int? GpuDeviceId { get; init; }

    /// <summary>Gets whether the CPU is used if the GPU cannot be used.</summary>
    /// <value>Default: false: an error. The MLContext's <c>FallbackToCpu</c> allows it as well.</value>
    [JsonIgnore]
    public bool FallbackToCpu { get; init; }

    /// <summary>Gets the floating-point format that the network computes in.</summary>
    /// <value>Default: null, the format that the model was opened with.</value>
    public ModelPrecision? Precision { get; init; }

    /// <summary>Gets how 3x3 convolutions are computed when the network runs on the CPU in float32.</summary>
    /// <value>Default: null, the mode that the model was opened with.</value>
    public ConvolutionMode? Convolutions { get; init; }

    /// <summary>Gets whether another thread reads and decodes the next batch while one is computed. The values are the same either way.</summary>
    /// <value>Default: true.</value>
    public bool Prefetch { get; init; } = true;

    internal virtual void Validate()
    {
        Check.AtLeast(BatchSize, 1);
        Check.That(GpuDeviceId is null or >= 0, GpuDeviceId, "it must be the number of a GPU, from 0, or null");
        if (Precision is { } precision)
            Check.Defined(precision, nameof(Precision));
        if (Convolutions is { } convolutions)
            ConvolutionArguments.Check(convolutions, nameof(Convolutions));
    }
}
