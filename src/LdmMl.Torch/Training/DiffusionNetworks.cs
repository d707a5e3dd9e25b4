using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Training.States;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The networks of a diffusion model that are trained: the U-Net with its label tokens, and the text encoder jointly with it.</summary>
/// <param name="model">The model; still owned by the caller.</param>
internal sealed class DiffusionNetworks(LatentDiffusionModel model)
{
    private const string DenoiserPart = "weights.", TextPart = "text.";

    /// <summary>Gets the U-Net with its label tokens.</summary>
    public DenoisingNetwork Denoiser => model.Denoiser;

    /// <summary>Gets the text encoder's network; null for a model without captions.</summary>
    public nn.Module? Text => model.OwnEncoder?.Networks;

    /// <summary>Gets all weights.</summary>
    public IEnumerable<Parameter> Weights => Denoiser.parameters().Concat(Text?.parameters() ?? []);

    /// <summary>Returns the factor of the learning rate for the weights of the text encoder.</summary>
    public Dictionary<Parameter, double> RateFactors(TextEncoderTrainingOptions options) =>
        (Text?.parameters() ?? []).ToDictionary(weight => weight, _ => options.LearningRateFactor);

    /// <summary>Encodes texts, with gradients. The caller disposes the context [B, T, width].</summary>
    /// <param name="tokens">Their tokens [B, T], int64.</param>
    public Tensor Context(Tensor tokens)
    {
        var encoder = model.OwnEncoder!;
        return TextForward.Run(encoder.Parts[0], encoder.Networks.All[0], tokens, kept: null).Context;
    }

    /// <summary>Switches between training and evaluation mode.</summary>
    public void Train(bool on)
    {
        Denoiser.train(on);
        Text?.train(on);
    }

    public void Write(TrainingSnapshot snapshot)
    {
        snapshot.Add(DenoiserPart, Denoiser);
        if (Text is { } text)
            snapshot.Add(TextPart, text);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        snapshot.Restore(DenoiserPart, Denoiser);
        if (Text is { } text)
            snapshot.Restore(TextPart, text);
    }
}
