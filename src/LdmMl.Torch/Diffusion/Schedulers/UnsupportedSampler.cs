using System.Text.Json.Nodes;
using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>
/// Stands for a scheduler of diffusers that this library does not support, or not with its options: a model with it opens, is saved with it
/// again, and can be sampled with another one.
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
        nameof(SamplingSettings.Sampler), className, $"the model's scheduler cannot be used here: {reason} Name another sampler, such as Ddim");

    /// <inheritdoc/>
    public Tensor Sample(IDenoiser denoiser, Tensor state, SamplingPlan plan, SamplingOptions options)
    {
        Validate();
        throw new InvalidOperationException();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{className} (not there)";
}
