using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Features.Inception;

/// <summary>
/// Inception-v3 (Szegedy et al. 2016) up to its last pooling, in the form used to define the Fréchet Inception distance
/// (Heusel et al. 2017): three of its pooling layers differ from the paper's.
/// </summary>
internal sealed class InceptionNetwork : Module<Tensor, Tensor>
{
    /// <summary>The side of its input images, and the length of its output.</summary>
    public const int Side = 299, Dimensions = 2048;

    // Field names are checkpoint keys.
    private readonly InceptionUnit Conv2d_1a_3x3;
    private readonly InceptionUnit Conv2d_2a_3x3;
    private readonly InceptionUnit Conv2d_2b_3x3;
    private readonly InceptionUnit Conv2d_3b_1x1;
    private readonly InceptionUnit Conv2d_4a_3x3;
    private readonly InceptionBlockA Mixed_5b;
    private readonly InceptionBlockA Mixed_5c;
    private readonly InceptionBlockA Mixed_5d;
    private readonly InceptionBlockB Mixed_6a;
    private readonly InceptionBlockC Mixed_6b;
    private readonly InceptionBlockC Mixed_6c;
    private readonly InceptionBlockC Mixed_6d;
    private readonly InceptionBlockC Mixed_6e;
    private readonly InceptionBlockD Mixed_7a;
    private readonly InceptionBlockE Mixed_7b;
    private readonly InceptionBlockE Mixed_7c;
    private readonly bool suitsChannelsLast;

    public InceptionNetwork(Device? device = null) : base(nameof(InceptionNetwork))
    {
        Conv2d_1a_3x3 = new(3, 32, 3, 3, stride: 2, keepsSize: false, device);
        Conv2d_2a_3x3 = new(32, 32, 3, 3, keepsSize: false, device: device);
        Conv2d_2b_3x3 = new(32, 64, 3, 3, device: device);
        Conv2d_3b_1x1 = new(64, 80, 1, 1, device: device);
        Conv2d_4a_3x3 = new(80, 192, 3, 3, keepsSize: false, device: device);
        Mixed_5b = new(192, poolChannels: 32, device);
        Mixed_5c = new(256, poolChannels: 64, device);
        Mixed_5d = new(288, poolChannels: 64, device);
        Mixed_6a = new(288, device);
        Mixed_6b = new(768, channels: 128, device);
        Mixed_6c = new(768, channels: 160, device);
        Mixed_6d = new(768, channels: 160, device);
        Mixed_6e = new(768, channels: 192, device);
        Mixed_7a = new(768, device);
        Mixed_7b = new(1280, InceptionPooling.Means, device);
        Mixed_7c = new(2048, InceptionPooling.Maxima, device);
        RegisterComponents();
        suitsChannelsLast = InferenceLayout.Suits(this);
    }

    /// <summary>Resizes images to the network's input size, as the reference does: bilinearly, from pixel centres, without antialiasing.</summary>
    public static Tensor Resize(Tensor images) =>                // [B, 3, H, W] -> [B, 3, 299, 299]
        functional.interpolate(images, [Side, Side], mode: InterpolationMode.Bilinear, align_corners: false);

    public override Tensor forward(Tensor x)                     // [B, 3, 299, 299] in [-1, 1] -> [B, 2048]
    {
        using var scope = NewDisposeScope();
        using var ordered = InferenceLayout.Enter(x, suitsChannelsLast, x.dtype);
        var h = FirstBlock(ordered);                             // [B, 64, 73, 73]
        h = SecondBlock(h);                                      // [B, 192, 35, 35]
        h = ThirdBlock(h);                                       // [B, 768, 17, 17]
        h = h.Then(Mixed_7a).Then(Mixed_7b).Then(Mixed_7c);      // [B, 2048, 8, 8]
        return scope.MoveToOuter(h.mean([2, 3]));                // [B, 2048]
    }

    /// <summary>Up to the first pooling.</summary>
    internal Tensor FirstBlock(Tensor x) =>                      // [B, 3, 299, 299] -> [B, 64, 73, 73]
        Halved(Conv2d_1a_3x3.call(x).Then(Conv2d_2a_3x3).Then(Conv2d_2b_3x3));

    /// <summary>Up to the second pooling.</summary>
    internal Tensor SecondBlock(Tensor owned) =>                 // [B, 64, 73, 73] -> [B, 192, 35, 35]
        Halved(owned.Then(Conv2d_3b_1x1).Then(Conv2d_4a_3x3));

    /// <summary>Up to the branch to the auxiliary classifier.</summary>
    internal Tensor ThirdBlock(Tensor owned) =>                  // [B, 192, 35, 35] -> [B, 768, 17, 17]
        owned.Then(Mixed_5b).Then(Mixed_5c).Then(Mixed_5d).Then(Mixed_6a).Then(Mixed_6b).Then(Mixed_6c).Then(Mixed_6d).Then(Mixed_6e);

    private static Tensor Halved(Tensor owned)
    {
        var halved = InceptionPooling.Halve(owned);
        owned.Dispose();
        return halved;
    }
}
