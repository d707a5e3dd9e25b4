using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>The conditions of a batch's rows as tensors on the U-Net's device. Owns the tensors.</summary>
internal sealed class RowConditions : IDisposable
{
    private readonly SharedNetwork network;
    private readonly Conditioning conditioning;
    private readonly int rows;

    // Labels [B] or tokens [B, tokens, dimension]; null if the model takes neither.
    private readonly Tensor? wanted;
    private readonly Tensor? nothing;
    private readonly Tensor? beside;
    private readonly Tensor? besideBoth;
    private readonly Tensor? vectors;
    private readonly Tensor? levels;
    private readonly Tensor? levelsBoth;
    private readonly Tensor? vectorsBoth;

    public RowConditions(
        SharedNetwork network, Conditioning conditioning, GenerationBatch batch, GenerationSettings settings, ImageSize size,
        AutoencoderConfig autoencoder, Func<Tensor, Tensor> encode)
    {
        using var scope = NewDisposeScope();
        this.network = network;
        this.conditioning = conditioning;
        rows = batch.Seeds.Count;
        if (conditioning is LabelConditioning labels)
        {
            wanted = Labels(labels, batch.Labels);
            nothing = labels.HasNullLabel ? Labels(labels, given: null) : null;
        }
        else
        {
            // Copied, because a tensor around an array has the array's alignment, which can affect the last bits.
            wanted = batch.Context?.to(network.Device).clone();
            nothing = batch.UnconditionalContext?.to(network.Device).expand(rows, -1, -1).contiguous();
        }

        if (conditioning is ConcatenatedConditioning concatenated)
        {
            beside = ConcatenatedChannels.Of(concatenated.Input, batch, autoencoder, encode).to(network.Device);
            besideBoth = cat([beside, beside]);
            if (concatenated.Noise is { } noise)
            {
                levels = tensor(Enumerable.Repeat((long)noise.LevelOf(settings), rows).ToArray(), device: network.Device);
                levelsBoth = cat([levels, levels]);
            }
        }

        if (conditioning.CrossAttention?.Vector is { } vector)
        {
            vectors = RowVectors.Of(batch.Pooled!, vector, settings.Sizes, size, rows).to(network.Device);
            vectorsBoth = batch.UnconditionalPooled is not { } without ? null
                : cat([RowVectors.Of(without, vector, settings.NegativeSizes ?? settings.Sizes, size, rows).to(network.Device), vectors]);
        }

        foreach (var tensor in Owned)
            tensor.DetachFromDisposeScope();
    }

    /// <summary>Gets the channels to concatenate with the state, [B, c, h, w]; null for none. They belong to this object.</summary>
    public Tensor? Concatenated => beside;

    private IEnumerable<Tensor> Owned => ((Tensor?[])[wanted, nothing, beside, besideBoth, vectors, vectorsBoth, levels, levelsBoth]).OfType<Tensor>();

    /// <summary>Creates the function of states and times that a denoiser calls; both branches of guidance run in one call.</summary>
    /// <param name="scale">The scale of guidance; 1 for none.</param>
    /// <param name="rescale">How far the prediction is rescaled.</param>
    /// <param name="seen">Receives each unconditional prediction; null for none.</param>
    public Func<Tensor, Tensor, Tensor> Guide(double scale, double rescale, Action<Tensor>? seen = null) => scale == 1.0
        ? (states, times) => Predict(states, times, wanted)
        : Guidance.Combine(Predict, nothing!, wanted!, scale, rescale, seen);

    /// <summary>Predicts each state without and then with the conditions: [2B, c, h, w] and [2B] -> [2B, c, h, w]. The caller disposes the result.</summary>
    public Tensor PredictBoth(Tensor states, Tensor times)
    {
        using var given = cat([nothing!, wanted!]);
        return Predict(states, times, given);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Owned)
            tensor.Dispose();
    }

    private Tensor Predict(Tensor states, Tensor times, Tensor? given)
    {
        var isOne = states.shape[0] == rows;
        var channels = isOne ? beside : besideBoth;
        var conditions = conditioning is LabelConditioning { Input: LabelInput.TimeEmbedding }
            ? new UNetConditions(Labels: given)
            : new UNetConditions(Context: given, Concatenated: channels, Vectors: isOne ? vectors : vectorsBoth, Labels: isOne ? levels : levelsBoth);
        var unet = ((DenoisingNetwork)network.Module).UNet;
        return NonFiniteSearch.Run(network, "sampling", [states], () => DeviceMemory.Explain(
            network.Device, () => unet.call(states, times, conditions)));
    }

    private Tensor Labels(LabelConditioning labels, IReadOnlyList<int>? given)
    {
        long[] numbers = [.. Enumerable.Range(0, rows).Select(row => (long)(given?[row] ?? labels.NullLabel!.Value))];
        var chosen = tensor(numbers, device: network.Device);    // [B]
        return ((DenoisingNetwork)network.Module).LabelTokens is { } tokens ? tokens.call(chosen).unsqueeze(1) : chosen;   // or [B, 1, dimension]
    }
}
