using LdmMl.Torch.Layers;
using LdmMl.Torch.Layers.Rows;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// One call of an opened autoencoder: checks its arguments, converts, runs without gradients, scales and checks the result.
/// </summary>
internal readonly struct AutoencoderForward(SharedNetwork network, AutoencoderConfig config, long? memoryBudget)
{
    /// <summary>Gets what may be stored between layers that are computed strip by strip, instead of what follows from the budget.</summary>
    public RowMemory? Strips { get; init; }

    private LatentScaling Scaling => new(config);

    private IAutoencoderNetwork Network => (IAutoencoderNetwork)network.Module;

    public Tensor Encode(Tensor images, Tensor? noise)           // [B, C, H, W] -> [B, c, H/f, W/f]
    {
        AutoencoderArguments.CheckImages(images, config);
        AutoencoderArguments.CheckNoise(noise, images, config);
        var run = this;
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(InParts(images, SizeOf(images, 1), (first, count) =>
            run.EncodeInferring(images.narrow(0, first, count), noise?.narrow(0, first, count))));
    }

    public EncodedLatents EncodePosterior(Tensor images)         // [B, C, H, W] -> 2 x [B, c, H/f, W/f]
    {
        AutoencoderArguments.CheckImages(images, config);
        if (Network is not KlAutoencoder)
            return new EncodedLatents(Encode(images, noise: null), Deviation: null);
        var run = this;
        using var scope = NewDisposeScope();
        var moments = InParts(images, SizeOf(images, 1), (first, count) => run.EncodeMomentsInferring(images.narrow(0, first, count))).chunk(2, dim: 1);
        return new EncodedLatents(scope.MoveToOuter(moments[0].clone()), scope.MoveToOuter(moments[1].clone()));
    }

    public Tensor Decode(Tensor latents)                         // [B, c, h, w] -> [B, C, h*f, w*f]
    {
        AutoencoderArguments.CheckLatents(latents, config);
        var run = this;
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(InParts(
            latents, SizeOf(latents, config.DownsampleFactor), (first, count) => run.DecodeInferring(latents.narrow(0, first, count))));
    }

    private static ImageSize SizeOf(Tensor maps, int factor) => new((int)maps.shape[3] * factor, (int)maps.shape[2] * factor);

    // As many rows at a time as fit; if not even one does, in strips. Which of the two depends on one row alone, so that its bits do not depend on
    // its batch.
    private Tensor InParts(Tensor rows, ImageSize size, Func<long, long, Tensor> run)
    {
        var plan = Strips is not null ? new AutoencoderPlan(RowsAtOnce: 1, Strips, Bytes: 0) : network.Device.type == DeviceType.CPU
            ? AutoencoderPlan.Choose(
                config, size, memoryBudget, WorkingMemory.Free, network.Precision, TorchRuntime.KeepsFreedMemory,
                AutoencoderMemory.IsDirect(ConvolutionScope.Current))
            : AutoencoderPlan.Whole;
        using var strips = new RowScope(plan.Strips);
        var count = rows.shape[0];
        if (count <= plan.RowsAtOnce)
            return Normal(run(0, count));
        var parts = new List<Tensor>();
        for (var first = 0L; first < count; first += plan.RowsAtOnce)
            parts.Add(Normal(run(first, Math.Min(plan.RowsAtOnce, count - first))));
        return cat(parts);
    }

    private Tensor EncodeInferring(Tensor images, Tensor? noise)
    {
        using var inference = inference_mode();
        var (net, device) = (Network, network.Device);
        var raw = RunChecked(ToNetwork(images), images, "encoding", input => net.EncodeLatents(input, noise?.to(device)));
        return Scaling.Apply(FromNetwork(raw, images.device));
    }

    private Tensor EncodeMomentsInferring(Tensor images)         // means and deviations, concatenated: [B, 2c, H/f, W/f]
    {
        using var inference = inference_mode();
        var net = (KlAutoencoder)Network;
        var raw = RunChecked(ToNetwork(images), images, "encoding", input =>
        {
            using var posterior = new DiagonalGaussian(net.EncodeMoments(input).to(ScalarType.Float32));
            return cat([posterior.Mean, posterior.StandardDeviation], dim: 1);
        });
        var moments = FromNetwork(raw, images.device).chunk(2, dim: 1);
        return cat([Scaling.Apply(moments[0]), Scaling.ApplyToDeviations(moments[1])], dim: 1);
    }

    private Tensor DecodeInferring(Tensor latents)
    {
        using var inference = inference_mode();
        var raw = Scaling.Undo(latents);
        var images = FromNetwork(RunChecked(ToNetwork(raw), latents, "decoding", Network.DecodeLatents), latents.device);
        return images.clamp_(Real(config.PixelRange == PixelRange.ZeroToOne ? 0.0 : -1.0), Real(1));
    }

    // A tensor created in inference mode cannot take part in training; its copy can.
    private static Tensor Normal(Tensor inferred) => inferred.clone();

    // Contiguous, because in channels-last order GroupNorm's sums would depend on the batch.
    private Tensor ToNetwork(Tensor input) =>
        input.to(ScalarType.Float32, network.Device).contiguous();

    private static Tensor FromNetwork(Tensor output, Device target) => output.to(ScalarType.Float32, target);

    private Tensor RunChecked(Tensor input, Tensor given, string doing, Func<Tensor, Tensor> run)
    {
        var device = network.Device;
        return NonFiniteSearch.Run(network, doing, [given], () => DeviceMemory.Explain(device, () => run(input)));
    }
}
