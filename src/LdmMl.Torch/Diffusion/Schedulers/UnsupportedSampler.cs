using System.Text.Json.Nodes;
using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>
/// Takes the place of a diffusers scheduler that this library does not support, or not with these options: a model with it can be opened, saved
/// again with the same scheduler, and sampled with another one.
/// </summary>
/// <param name="className">The scheduler's class.</param>
/// <param name="reason">What is not supported.</param>
/// <param name="json">The file.</param>
internal sealed class UnsupportedSampler(string className, string reason, JsonObject json) : ISampler
{
    /// <summary>Gets the original file.</summary>
    public JsonObject Json => (JsonObject)json.DeepClone();

    /// <inheritdoc/>
    public SamplerNeeds Needs => SamplerNeeds.Timesteps;

    /// <inheritdoc/>
    public void Validate() => throw Check.Refuse(
        nameof(SamplingSettings.Sampler), className, $"the model's scheduler cannot be used here: {reason} Choose another sampler, such as Ddim");

    /// <inheritdoc/>
    public Tensor Sample(IDenoiser denoiser, Tensor state, SamplingPlan plan, SamplingOptions options)
    {
        Validate();
        throw new InvalidOperationException();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{className} (not supported)";
}
