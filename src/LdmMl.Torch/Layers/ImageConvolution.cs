using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Kernels.Products;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers.Rows;
using LdmMl.Torch.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>A 2-D convolution whose result for an image is bit-identical alone and in a batch.</summary>
internal sealed class ImageConvolution : Module<Tensor, Tensor>, IFastConvolution, IHalfWeight
{
    // libtorch computes a single float32 image of at most this many values by another algorithm, whose sums differ in the last bits.
    public const long LargestLoneInput = 20480;

    // Fewer do not fill the vectors of a product.
    private const long FewestPixels = 8;

    // Field names are checkpoint keys.
    private Parameter weight;
    private readonly Parameter? bias;
    private readonly long[] stride;
    private readonly long[] padding;
    private readonly Conv3x3? fast;

    public ImageConvolution(int inChannels, int outChannels, int kernel, int stride = 1, int padding = 0, bool bias = true, Device? device = null)
        : base(nameof(ImageConvolution))
    {
        weight = new Parameter(InitialValues.Undefined([outChannels, inChannels, kernel, kernel], device));
        this.bias = bias ? new Parameter(empty([outChannels], device: device)) : null;
        this.stride = [stride, stride];
        this.padding = [padding, padding];
        RegisterComponents();
        fast = kernel == 3 && stride == 1 && padding == 1 ? new Conv3x3(() => weight, () => this.bias) : null;

        // PyTorch's default: everything uniform within 1 / sqrt(fan in).
        var bound = 1.0 / Math.Sqrt(inChannels * kernel * kernel);
        InitialValues.Uniform(weight, bound);
        if (this.bias is not null)
            InitialValues.Uniform(this.bias, bound);
    }

    /// <summary>Gets the number format that it computes in.</summary>
    public ScalarType Format => HalfWeight.FormatOf(weight);

    /// <inheritdoc/>
    public void SetWeight(Tensor weight)
    {
        using var old = this.weight;
        this.weight = HalfWeight.ParameterOf(weight);
        ConditionallyRegisterParameter(nameof(weight), this.weight);
    }

    /// <summary>Gets the stride on each axis.</summary>
    public int Stride => (int)stride[0];

    /// <summary>Gets the zero padding at each edge.</summary>
    public int Padding => (int)padding[0];

    /// <inheritdoc/>
    public Tensor Weight => weight;

    /// <summary>Gets the bias of each output channel, [Cout]; null for none.</summary>
    public Tensor? Bias => bias;

    /// <inheritdoc/>
    public bool CanBeFast => fast is { Fits: true };

    /// <summary>Determines whether it has convolved an image with these tiles.</summary>
    public bool HasUsed(WinogradTile tile) => fast?.HasUsed(tile) ?? false;

    /// <summary>Draws the weights again, from a generator.</summary>
    public void Initialize(Generator generator)
    {
        var bound = 1.0 / Math.Sqrt(weight.numel() / weight.shape[0]);
        weight.uniform_(-bound, bound, generator);
        bias?.uniform_(-bound, bound, generator);
    }

    /// <summary>Draws the kernel from a normal distribution of mean 0, and the bias as <see cref="Initialize"/> does.</summary>
    public void InitializeNormal(double deviation, Generator generator)
    {
        Initialize(generator);
        weight.normal_(0, deviation, generator);
    }

    public override Tensor forward(Tensor input)                 // [B, Cin, H, W] -> [B, Cout, H', W']
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(fast?.TryConvolve(input) ?? ConvolveDirectly(input));
    }

    private Tensor ConvolveDirectly(Tensor input) => TryMultiply(input) ?? (NeedsPlainOrder(input)
        ? Convolve(input.contiguous(), HalfWeight.Widened(weight), bias, stride, padding).ToChannelsLast()
        : Convolve(input, HalfWeight.Widened(weight), bias, stride, padding));

    // The pixels of a channels-last image are tokens, and a kernel of 1x1 a linear layer over them.
    private Tensor? TryMultiply(Tensor input) => CanMultiply(input)
        ? TokenProduct.Run(input.permute(0, 2, 3, 1).contiguous(), weight.flatten(1), bias).permute(0, 3, 1, 2) : null;

    private bool CanMultiply(Tensor input) =>
        weight.shape is [_, _, 1, 1] && Stride == 1 && Padding == 0 && TokenProduct.Fits(weight.shape[1], weight.shape[0])
        && ConvolutionScope.IsFastInference(Format, input.device_type) && input.dtype == ScalarType.Float32 && input.IsChannelsLast()
        && input.shape[2] * input.shape[3] >= FewestPixels;

    // libtorch sums all channels of channels-last images in one chain, which costs up to two bits; where the image is halved, the detour is cheap.
    private bool NeedsPlainOrder(Tensor input) => Stride > 1 && ConvolutionScope.Current == ConvolutionMode.Exact && input.IsChannelsLast();

    /// <summary>Convolves, fused with what follows where possible.</summary>
    /// <param name="owned">Images [B, Cin, H, W]; freed.</param>
    /// <param name="addend">Added to the result, [B, Cout, H', W'], float32; its owner keeps it. Null for none.</param>
    /// <param name="rectifies">Whether ReLU follows.</param>
    /// <returns>Images [B, Cout, H', W']; float32 where something is added.</returns>
    public Tensor ConvolveWith(Tensor owned, Tensor? addend = null, bool rectifies = false)
    {
        using var scope = NewDisposeScope();
        if (fast?.TryConvolve(owned, addend: addend, rectifies: rectifies) is { } fused)
        {
            owned.Dispose();
            return scope.MoveToOuter(fused);
        }

        var result = owned.Then(this);
        if (addend is not null)
            result = result.ThenTo(ScalarType.Float32).ThenAdd(addend);
        return scope.MoveToOuter(rectifies ? result.ThenRelu() : result);
    }

    /// <summary>Convolves with any weights so that an image gets the same bits alone as in a batch.</summary>
    public static Tensor Convolve(Tensor input, Tensor weight, Tensor? bias, long[]? stride = null, long[]? padding = null)
    {
        using var scope = NewDisposeScope();

        // Maps of one pixel are both channels-first and channels-last, and libtorch would choose differently for a single image.
        var map = input.shape is [_, _, 1, 1] ? input.flatten(1).reshape(input.shape) : input;
        if (OneThread.ConvolveEach(map, image => InLayoutOf(image, functional.conv2d(image, weight, bias, stride, padding))) is { } joined)
            return scope.MoveToOuter(joined);
        if (map.shape[0] != 1 || map.numel() > LargestLoneInput)
            return scope.MoveToOuter(functional.conv2d(map, weight, bias, stride, padding));
        var doubled = map.IsChannelsLast() ? cat([map, map]) : map.expand(2, -1, -1, -1);
        var result = functional.conv2d(doubled, weight, bias, stride, padding).narrow(0, 0, 1);
        return scope.MoveToOuter(InLayoutOf(map, result));
    }

    private static Tensor InLayoutOf(Tensor map, Tensor result) => map.IsChannelsLast() ? result.ToChannelsLast() : result.contiguous();

    /// <summary>Sets every weight to 0.</summary>
    public void Zero()
    {
        weight.zero_();
        bias?.zero_();
    }

    /// <summary>
    /// Convolves an image doubled by nearest-neighbour upsampling. As repeated pixels meet sums of the kernel's weights, this is a transposed
    /// convolution with a 4x4 kernel and needs 4 multiplications instead of 9.
    /// </summary>
    public Tensor ConvolveDoubled(Tensor input)                  // [B, Cin, H, W] -> [B, Cout, 2H, 2W]
    {
        using var scope = NewDisposeScope();
        if (fast?.TryConvolve(input, doubles: true) is { } result)
            return scope.MoveToOuter(result);
        return scope.MoveToOuter(input.IsChannelsLast() ? Doubled(input).Then(this) : ConvolveTransposed(input));
    }

    private static Tensor Doubled(Tensor input) => functional.interpolate(input, scale_factor: [2.0, 2.0], mode: InterpolationMode.Nearest);

    private Tensor ConvolveTransposed(Tensor input)
    {
        using var scope = NewDisposeScope();
        var flipped = HalfWeight.Widened(weight).flip(2, 3).transpose(0, 1);   // [Cin, Cout, 3, 3]
        Tensor? kernel = null;                                   // [Cin, Cout, 4, 4]
        foreach (var (row, column) in new[] { (0, 0), (0, 1), (1, 0), (1, 1) })
        {
            var shifted = functional.pad(flipped, [column, 1 - column, row, 1 - row]);
            kernel = kernel is null ? shifted : kernel.Plus(shifted);
        }

        return scope.MoveToOuter(functional.conv_transpose2d(input, kernel!, bias, strides: [2, 2], padding: [1, 1]));
    }

    /// <summary>Gets this convolution as a layer that is computed strip by strip.</summary>
    /// <param name="normalization">Normalises its input; null for nothing.</param>
    /// <param name="addend">Returns what is added to the rows of a window, float32, for the layer to free; null for nothing.</param>
    /// <param name="rectifies">Whether ReLU follows.</param>
    public RowStep Step(RowNormalization? normalization = null, Func<RowWindow, Tensor>? addend = null, bool rectifies = false)
    {
        return new RowStep(weight.shape[0], (rows, window) => ConvolveRows(rows, window, addend, rectifies))
        {
            Down = Stride,
            Above = Stride * Padding,                            // whole steps, so that a strip's pixels are those of the whole map
            Below = Stride == 1 ? Padding : 0,
            Normalization = normalization,
        };
    }

    /// <summary>Gets <see cref="ConvolveDoubled"/> as a layer that is computed strip by strip.</summary>
    public RowStep DoublingStep() => new(weight.shape[0], ConvolveDoubledRows) { Up = 2, Above = 1, Below = 1 };

    private Tensor ConvolveRows(Tensor rows, RowWindow window, Func<RowWindow, Tensor>? addend, bool rectifies)
    {
        using var scope = NewDisposeScope();
        using var added = addend?.Invoke(window);
        var input = rows.to(Format);
        if (fast?.TryConvolve(input, addend: added, rectifies: rectifies, window: window) is { } fused)
            return scope.MoveToOuter(fused);
        var result = window.Cut(ConvolveDirectly(input), window.Above / Stride);
        if (added is not null)
            result = result.ThenTo(ScalarType.Float32).ThenAdd(added);
        return scope.MoveToOuter(rectifies ? result.ThenRelu() : result);
    }

    private Tensor ConvolveDoubledRows(Tensor rows, RowWindow window)
    {
        using var scope = NewDisposeScope();
        var input = rows.to(Format);
        if (fast?.TryConvolve(input, doubles: true, window: window) is { } fused)
            return scope.MoveToOuter(fused);
        var doubled = window with { Above = 2 * window.Above, Below = 2 * window.Below };
        return scope.MoveToOuter(input.IsChannelsLast()
            ? ConvolveRows(Doubled(input), doubled, addend: null, rectifies: false)
            : doubled.Cut(ConvolveTransposed(input), doubled.Above));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            fast?.Dispose();
        base.Dispose(disposing);
    }
}
