using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Training.States;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// The networks of a diffusion model in a training: the U-Net with its label tokens and, jointly with it, the text encoder; or low-rank changes of
/// the U-Net alone.
/// </summary>
internal sealed class DiffusionNetworks : IResumable, IDisposable
{
    private const string DenoiserPart = "weights.", TextPart = "text.", LoraPart = "lora.";

    private readonly LatentDiffusionModel model;
    private readonly LoraFactors? lora;

    /// <summary>Prepares the networks.</summary>
    /// <param name="model">The model; still owned by the caller.</param>
    /// <param name="options">What is trained; null for all weights.</param>
    public DiffusionNetworks(LatentDiffusionModel model, DiffusionTrainingOptions? options = null)
    {
        this.model = model;
        if (options?.Lora is { } low)
            lora = new LoraFactors(model.Network, new[] { Denoiser.LabelTokens, Text }.OfType<nn.Module>(), low, options.Seed);
    }

    /// <summary>Gets the U-Net with its label tokens.</summary>
    public DenoisingNetwork Denoiser => model.Denoiser;

    /// <summary>Gets the text encoder's network; null for a model without captions.</summary>
    public nn.Module? Text => model.OwnEncoder?.Networks;

    /// <summary>Gets the low-rank changes; null if all weights are trained.</summary>
    public LoraFactors? Lora => lora;

    /// <summary>Gets the weights that are trained.</summary>
    public IEnumerable<Parameter> Weights => lora?.Parameters ?? Denoiser.parameters().Concat(Text?.parameters() ?? []);

    /// <summary>Returns the factor of the learning rate for the weights of the text encoder.</summary>
    public Dictionary<Parameter, double> RateFactors(TextEncoderTrainingOptions options) =>
        (lora is null ? Text?.parameters() ?? [] : []).ToDictionary(weight => weight, _ => options.LearningRateFactor);

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
        Text?.train(on && lora is null);
    }

    public void Write(TrainingSnapshot snapshot)
    {
        if (lora is not null)
        {
            lora.Write(snapshot.Under(LoraPart));
            return;
        }

        snapshot.Add(DenoiserPart, Denoiser);
        if (Text is { } text)
            snapshot.Add(TextPart, text);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        if (lora is not null)
        {
            lora.Read(snapshot.Under(LoraPart));
            return;
        }

        snapshot.Restore(DenoiserPart, Denoiser);
        if (Text is { } text)
            snapshot.Restore(TextPart, text);
    }

    public void Dispose() => lora?.Dispose();
}
