using System.Globalization;
using LdmMl.Torch.Kernels;
using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>The layers of a trunk, keyed by torchvision's indices; each activation is freed as soon as the next one exists.</summary>
internal sealed class PerceptualTrunk : Module
{
    private readonly List<(TrunkStep Step, Module<Tensor, Tensor>? Module)> layers = [];
    private readonly PackedWeights? packed;
    private readonly bool suitsChannelsLast;
    private ScalarType format = ScalarType.Float32;

    public PerceptualTrunk(PerceptualTrunkConfig config) : base(nameof(PerceptualTrunk))
    {
        var channels = 3;
        foreach (var step in config.Steps)
        {
            Module<Tensor, Tensor>? module = step switch
            {
                ConvolutionStep c => new ImageConvolution(channels, c.OutChannels, c.Kernel, c.Stride, c.Padding),
                FireStep f => new FireModule(channels, f.SqueezeChannels, f.ExpandChannels),
                ResidualStep r => new ResidualBlock(channels, r),
                _ => null,
            };
            if (module is not null)
                register_module(step.Index.ToString(CultureInfo.InvariantCulture), module);
            layers.Add((step, module));
            channels = step.Channels(channels);
        }

        packed = layers.Exists(layer => layer.Step is FireStep or ResidualStep) ? null : new PackedWeights([.. layers.Select(layer => layer.Module as ImageConvolution)]);
        suitsChannelsLast = InferenceLayout.Suits(this);
    }

    /// <summary>Passes the compared activations to a callback, one after the other. The caller has an open dispose scope.</summary>
    /// <param name="images">Standardised images [B, 3, H, W].</param>
    /// <param name="show">Receives each activation [B, C, h, w] with its index; it is freed afterwards, so take an alias to keep it.</param>
    public void Run(Tensor images, Action<int, Tensor> show)
    {
        var isFast = suitsChannelsLast && ConvolutionScope.IsFast(format, images.device_type);
        if (!isFast && !is_grad_enabled() && format == ScalarType.Float32 && packed is not null && images.device.type == DeviceType.CPU)
        {
            RunBlocked(images, show);
            return;
        }

        var weights = is_grad_enabled() || format == ScalarType.Float32 ? null : packed?.Get(format);
        var (h, shown) = (InferenceLayout.Enter(images, isFast, format), 0);
        for (var layer = 0; layer < layers.Count; layer++)
        {
            var (step, module) = layers[layer];
            h = module is null ? Pool((PoolStep)step, h)
                : weights?[layer] is { } weight ? Convolve(h, (ImageConvolution)module, weight)
                : module is ImageConvolution convolution ? convolution.ConvolveWith(h, rectifies: true).ThenTo(format)
                : h.Then(module);
            if (step.IsLayer)
                show(shown++, h);
        }

        h.Dispose();
    }

    /// <summary>Determines whether any convolution's input is so small that a single image would get other bits than in a batch.</summary>
    public bool IsSmall(long height, long width)
    {
        var channels = 3L;
        foreach (var (step, _) in layers)
        {
            var narrowest = step is FireStep fire ? Math.Min(channels, fire.SqueezeChannels) : channels;
            var smallest = narrowest * height * width;
            (channels, height, width) = (step.Channels((int)channels), step.Side(height), step.Side(width));
            if (step is ResidualStep)
                smallest = Math.Min(smallest, channels * height * width);                    // the input of its second convolution
            if (step is not PoolStep && smallest <= ImageConvolution.LargestLoneInput)
                return true;
        }

        return false;
    }

    /// <summary>Converts it to bf16, except its first layer, which costs little and would round the images themselves.</summary>
    public void Round()
    {
        format = ScalarType.BFloat16;
        foreach (var (_, module) in layers.Skip(1))
            module?.to(ScalarType.BFloat16);
    }

    private void RunBlocked(Tensor images, Action<int, Tensor> show)
    {
        var (h, shown) = (BlockedImages.From(images), 0);
        foreach (var ((step, module), weight) in layers.Zip(packed!.Get(format)))
        {
            var next = step is PoolStep pool
                ? BlockedImages.MaxPool(h, pool.Kernel, PoolStep.Stride, pool.IncludesPartial)
                : BlockedImages.ConvolveRelu(h, weight!, ((ImageConvolution)module!).Bias!, ((ConvolutionStep)step).Stride, ((ConvolutionStep)step).Padding);
            h.Dispose();
            h = next;
            if (!step.IsLayer)
                continue;
            using var features = BlockedImages.ToPlain(h);
            show(shown++, features);
        }

        h.Dispose();
    }

    private static Tensor Convolve(Tensor owned, ImageConvolution convolution, Tensor packed)
    {
        var result = functional.conv2d(owned, packed, convolution.Bias, [convolution.Stride, convolution.Stride], [convolution.Padding, convolution.Padding]);
        owned.Dispose();
        return result.ThenRelu();
    }

    private static Tensor Pool(PoolStep step, Tensor owned)      // [B, C, H, W] -> [B, C, H/2, W/2]
    {
        var result = functional.max_pool2d(owned, step.Kernel, PoolStep.Stride, step.Padding, ceil_mode: step.IncludesPartial);
        owned.Dispose();
        return result;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            packed?.Dispose();
        base.Dispose(disposing);
    }
}
