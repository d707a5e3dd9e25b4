using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>The inputs of a pipeline that starts from an image, in this library's terms.</summary>
internal sealed class PipelineImages
{
    private readonly Tensor? latents;

    public PipelineImages(string pipeline, CaseSettings call, Func<string, Tensor> given, int rows)
    {
        var isLegacy = pipeline == "StableDiffusionInpaintPipelineLegacy";
        Rule = !isLegacy ? ImageRule.Diffusers
            : call.Flag("add_predicted_noise", false) ? ImageRule.DiffusersLegacyPredictedNoise : ImageRule.DiffusersLegacy;
        Strength = call.Number("strength", pipeline == "StableDiffusionInpaintPipeline" ? 1 : 0.8);
        latents = call.Has("latents") ? given("latents") : null;

        // Images in [0, 1] are rescaled; the old pipeline takes them in [-1, 1].
        var image = given("image");
        image = isLegacy || image.min().item<float>() < 0 ? image : (image * Real(2)) - Real(1);
        Initial = Rows(image, rows);
        if (!call.Has("mask_image"))
            return;
        var mask = given("mask_image").mean([1], keepdim: true);
        Mask = Rows(isLegacy ? Real(1) - mask : mask, rows);     // the old one keeps where it is 1
    }

    public ImageRule Rule { get; }

    public double Strength { get; }

    public Tensor Initial { get; }

    public Tensor? Mask { get; }

    public INoiseSource Noise(List<Tensor> draws) => new Expanded(latents is null ? draws : [latents, .. draws]);

    /// <summary>The draw of the masked image's posterior only.</summary>
    public INoiseSource NoiseOfMasked(List<Tensor> draws) => new Expanded([draws[latents is null ? (Strength == 1 ? 1 : 2) % draws.Count : 0]]);

    private static Tensor Rows(Tensor given, int rows) => given.repeat_interleave(rows / given.shape[0], 0);

    /// <summary>Returns the draws in order; a draw for a single image is used for each of its rows.</summary>
    private sealed class Expanded(List<Tensor> draws) : INoiseSource
    {
        private int next;

        public Tensor Draw(Tensor state)
        {
            var draw = draws[next++];
            return draw.repeat_interleave(state.shape[0] / draw.shape[0], 0);
        }
    }
}
