using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>
/// A trainable shift and scale for each channel, initialised from the first training batch so that its output has mean 0 and variance 1
/// (Kingma and Dhariwal 2018, section 3.1; taming-transformers <c>ActNorm</c>).
/// </summary>
internal sealed class ActNorm : Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-6;

    // Field names are checkpoint keys.
    private readonly Parameter loc;
    private readonly Parameter scale;
    private readonly Tensor initialized;

    public ActNorm(int channels, Device? device = null) : base(nameof(ActNorm))
    {
        loc = new Parameter(zeros(1, channels, 1, 1, device: device));
        scale = new Parameter(ones(1, channels, 1, 1, device: device));
        initialized = zeros([], dtype: ScalarType.Byte, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, H, W]
    {
        using var scope = NewDisposeScope();
        if (training && initialized.Read<long>() == 0)
            Initialize(input);
        return scope.MoveToOuter(scale * input.Plus(loc));
    }

    private void Initialize(Tensor input)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var values = input.detach().transpose(0, 1).flatten(1);  // [C, BHW]
        loc.copy_(-values.mean([1L]).reshape(loc.shape));
        scale.copy_(Real(1) / (values.std(1).reshape(scale.shape) + Real(Epsilon)));
        initialized.fill_(Real(1));
    }
}
