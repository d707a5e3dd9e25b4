using System.Globalization;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>Shape of the network whose activations are compared. Its weights have torchvision's keys, <c>features.N.weight</c>.</summary>
internal sealed record PerceptualTrunkConfig
{
    // The mean of each colour of CNTK's mean image of ImageNet, of 255.
    private static readonly double[] ResidualMeans = [123.15163, 115.902885, 103.06262];

    private PerceptualTrunkConfig(string name, IReadOnlyList<string> layerNames, IReadOnlyList<TrunkStep> steps)
    {
        Name = name;
        LayerNames = layerNames;
        Steps = steps;
        var channels = 3;
        LayerChannels = [.. steps.Select(step => (step.IsLayer, Channels: channels = step.Channels(channels))).Where(step => step.IsLayer).Select(step => step.Channels)];
        MinimumSize = Enumerable.Range(1, int.MaxValue - 1).First(side => steps.Aggregate((long)side, (left, step) => step.Side(left)) >= 1);
    }

    /// <summary>Gets VGG-16, with the activations before its pooling layers (Simonyan and Zisserman 2015, configuration D).</summary>
    public static PerceptualTrunkConfig Vgg16 { get; } = VggStages("VGG-16", [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]]);

    /// <summary>Gets AlexNet with torchvision's widths and all five activations (Krizhevsky 2014).</summary>
    public static PerceptualTrunkConfig AlexNet { get; } = new("AlexNet", Numbered(5),
    [
        new ConvolutionStep(0, 64, Kernel: 11, Stride: 4, Padding: 2, IsLayer: true),
        new PoolStep(2, Kernel: 3, IncludesPartial: false),
        new ConvolutionStep(3, 192, Kernel: 5, Stride: 1, Padding: 2, IsLayer: true),
        new PoolStep(5, Kernel: 3, IncludesPartial: false),
        new ConvolutionStep(6, 384, Kernel: 3, Stride: 1, Padding: 1, IsLayer: true),
        new ConvolutionStep(8, 256, Kernel: 3, Stride: 1, Padding: 1, IsLayer: true),
        new ConvolutionStep(10, 256, Kernel: 3, Stride: 1, Padding: 1, IsLayer: true),
    ]);

    /// <summary>Gets SqueezeNet 1.1, with seven activations (Iandola et al. 2016).</summary>
    public static PerceptualTrunkConfig SqueezeNet { get; } = new("SqueezeNet 1.1", Numbered(7),
    [
        new ConvolutionStep(0, 64, Kernel: 3, Stride: 2, Padding: 0, IsLayer: true),
        new PoolStep(2, Kernel: 3, IncludesPartial: true),
        new FireStep(3, 16, 64, IsLayer: false),
        new FireStep(4, 16, 64, IsLayer: true),
        new PoolStep(5, Kernel: 3, IncludesPartial: true),
        new FireStep(6, 32, 128, IsLayer: false),
        new FireStep(7, 32, 128, IsLayer: true),
        new PoolStep(8, Kernel: 3, IncludesPartial: true),
        new FireStep(9, 48, 192, IsLayer: true),
        new FireStep(10, 48, 192, IsLayer: true),
        new FireStep(11, 64, 256, IsLayer: true),
        new FireStep(12, 64, 256, IsLayer: true),
    ]);

    /// <summary>Gets the network's name, such as <c>VGG-16</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the names of the activations that are compared, from the image upwards.</summary>
    public IReadOnlyList<string> LayerNames { get; }

    /// <summary>Gets how many channels each of these activations has.</summary>
    public IReadOnlyList<int> LayerChannels { get; }

    /// <summary>Gets the smallest image side, in pixels, for which the last activation still has one pixel.</summary>
    public int MinimumSize { get; }

    /// <summary>Gets the mean of each colour, in [-1, 1], which is subtracted from images.</summary>
    /// <value>Default: ImageNet's, rounded as in LPIPS.</value>
    public IReadOnlyList<float> Shift { get; private init; } = [-0.030f, -0.088f, -0.188f];

    /// <summary>Gets the deviation by which each colour is then divided.</summary>
    /// <value>Default: ImageNet's, rounded as in LPIPS.</value>
    public IReadOnlyList<float> Scale { get; private init; } = [0.458f, 0.448f, 0.450f];

    /// <summary>Gets whether the last activation alone describes an image, as in classifiers with a mean after it; otherwise all do.</summary>
    public bool DescribesByLast { get; private init; }

    /// <summary>Gets the length of the vector that describes an image.</summary>
    public int FeatureCount => DescribesByLast ? LayerChannels[^1] : LayerChannels.Sum();

    /// <summary>Gets the layers, in their order.</summary>
    internal IReadOnlyList<TrunkStep> Steps { get; }

    /// <summary>
    /// Describes a network in VGG's style: stages of 3x3 convolutions with ReLU, and a 2x2 max-pool between stages; the last activation of each stage
    /// is compared.
    /// </summary>
    /// <param name="channelPlan">The width of each convolution, by stage: VGG-16 is <c>[[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512,
    /// 512, 512]]</c>.</param>
    /// <returns>The shape; <see cref="Vgg16"/> for VGG-16's plan.</returns>
    /// <exception cref="ArgumentException">A stage is empty, or a width is not positive.</exception>
    public static PerceptualTrunkConfig Vgg(IReadOnlyList<IReadOnlyList<int>> channelPlan)
    {
        ArgumentNullException.ThrowIfNull(channelPlan);
        if (channelPlan.Count is 0 or > 16 || channelPlan.Any(stage => stage.Count == 0 || stage.Any(width => width < 1)))
            throw new ArgumentException("A plan has 1 to 16 stages, each with at least one convolution, and every width is at least 1.", nameof(channelPlan));
        var plan = VggStages($"VGG-style, {string.Join(" | ", channelPlan.Select(stage => string.Join(' ', stage)))}", channelPlan);
        return plan.Steps.SequenceEqual(Vgg16.Steps) ? Vgg16 : plan;
    }

    /// <summary>
    /// Describes a residual network of basic blocks with CNTK's preprocessing (He et al. 2016, table 1): a 7x7 convolution and a pool, then stages,
    /// each but the first beginning with a block that halves the sides; the first activation and the last of each stage are compared.
    /// </summary>
    /// <param name="firstChannels">The channels of the first convolution.</param>
    /// <param name="stages">The width of each stage's blocks, and how many there are.</param>
    public static PerceptualTrunkConfig Residual(int firstChannels, IReadOnlyList<(int Channels, int Blocks)> stages)
    {
        List<TrunkStep> steps =
        [
            new ConvolutionStep(0, firstChannels, Kernel: 7, Stride: 2, Padding: 3, IsLayer: true),
            new PoolStep(2, Kernel: 3, IncludesPartial: false, Padding: 1),
        ];
        foreach (var (stage, (channels, blocks)) in stages.Index())
        {
            for (var block = 0; block < blocks; block++)
                steps.Add(new ResidualStep(steps.Count + 1, channels, Halves: stage > 0 && block == 0, IsLayer: block == blocks - 1));
        }

        var plan = string.Join(", ", stages.Select(stage => string.Create(CultureInfo.InvariantCulture, $"{stage.Blocks}x{stage.Channels}")));
        return new($"residual, {plan}", ["relu1", .. Enumerable.Range(1, stages.Count).Select(stage => string.Create(CultureInfo.InvariantCulture, $"stage{stage}"))], steps)
        {
            Shift = [.. ResidualMeans.Select(mean => (float)((mean / 127.5) - 1))], Scale = [1 / 127.5f, 1 / 127.5f, 1 / 127.5f], DescribesByLast = true,
        };
    }

    private static PerceptualTrunkConfig VggStages(string name, IReadOnlyList<IReadOnlyList<int>> stages)
    {
        var steps = new List<TrunkStep>();
        var names = new List<string>();
        var index = 0;
        foreach (var stage in stages)
        {
            if (index > 0)
                steps.Add(new PoolStep(index++, Kernel: 2, IncludesPartial: false));
            for (var i = 0; i < stage.Count; i++, index += 2)
                steps.Add(new ConvolutionStep(index, stage[i], Kernel: 3, Stride: 1, Padding: 1, IsLayer: i == stage.Count - 1));
            names.Add(string.Create(CultureInfo.InvariantCulture, $"relu{names.Count + 1}_{stage.Count}"));
        }

        return new(name, names, steps);
    }

    private static string[] Numbered(int count) => [.. Enumerable.Range(1, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"relu{number}"))];
}
