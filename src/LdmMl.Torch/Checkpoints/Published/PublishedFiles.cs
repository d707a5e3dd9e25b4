namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>The published weights that perceptual distances and Fréchet distances need. None of them ships with this library.</summary>
internal static class PublishedFiles
{
    private const string Torchvision = "https://download.pytorch.org/models/";

    // A commit rather than a branch, so that the content stays the verified one.
    private const string PerceptualSimilarity =
        "https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/082bb24f84c091ea94de2867d34c4544f68e0963/lpips/weights/v0.1/";

    private const string TorchvisionTerms =
        "torchvision is BSD-3-Clause; the weights were trained on ImageNet, whose terms of access name non-commercial research: " +
        "whether your use is covered is for you to decide";

    private const string HeadTerms = "BSD-2-Clause (PerceptualSimilarity)";

    /// <summary>Gets torchvision's VGG-16 (<c>VGG16_Weights.IMAGENET1K_V1</c>), the trunk of LPIPS-VGG.</summary>
    public static PublishedFile Vgg16 { get; } = new()
    {
        Name = "vgg16",
        FileName = "vgg16-397923af.pth",
        Purpose = "LPIPS with VGG-16: the trunk",
        Address = new(Torchvision + "vgg16-397923af.pth"),
        Length = 553_433_881,
        Sha256 = "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
        Terms = TorchvisionTerms,
    };

    /// <summary>Gets torchvision's AlexNet (<c>AlexNet_Weights.IMAGENET1K_V1</c>), the trunk of LPIPS-Alex.</summary>
    public static PublishedFile AlexNet { get; } = new()
    {
        Name = "alexnet",
        FileName = "alexnet-owt-7be5be79.pth",
        Purpose = "LPIPS with AlexNet: the trunk",
        Address = new(Torchvision + "alexnet-owt-7be5be79.pth"),
        Length = 244_408_911,
        Sha256 = "7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02",
        Terms = TorchvisionTerms,
    };

    /// <summary>Gets torchvision's SqueezeNet 1.1 (<c>SqueezeNet1_1_Weights.IMAGENET1K_V1</c>), the trunk of LPIPS-Squeeze.</summary>
    public static PublishedFile SqueezeNet11 { get; } = new()
    {
        Name = "squeezenet1_1",
        FileName = "squeezenet1_1-b8a52dc0.pth",
        Purpose = "LPIPS with SqueezeNet 1.1: the trunk",
        Address = new(Torchvision + "squeezenet1_1-b8a52dc0.pth"),
        Length = 4_958_839,
        Sha256 = "b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b",
        Terms = TorchvisionTerms,
    };

    /// <summary>Gets the heads of LPIPS 0.1 for VGG-16.</summary>
    public static PublishedFile LpipsVgg { get; } =
        Heads("vgg", "VGG-16", 7_289, "a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868");

    /// <summary>Gets the heads of LPIPS 0.1 for AlexNet.</summary>
    public static PublishedFile LpipsAlex { get; } =
        Heads("alex", "AlexNet", 6_009, "df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0");

    /// <summary>Gets the heads of LPIPS 0.1 for SqueezeNet 1.1.</summary>
    public static PublishedFile LpipsSqueeze { get; } =
        Heads("squeeze", "SqueezeNet 1.1", 10_811, "4a5350f23600cb79923ce65bb07cbf57dca461329894153e05a1346bd531cf76");

    /// <summary>Gets the Inception-v3 of pytorch-fid, with which Fréchet inception distances (FID) are published.</summary>
    public static PublishedFile Inception { get; } = new()
    {
        Name = "inception",
        FileName = "pt_inception-2015-12-05-6726825d.pth",
        Purpose = "Fréchet inception distance (FID): the features",
        Address = new("https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth"),
        Length = 95_628_359,
        Sha256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
        Terms = "pytorch-fid is Apache-2.0; the weights are TensorFlow's Inception of 2015-12-05, trained on ImageNet, whose terms of access " +
            "name non-commercial research: whether your use is covered is for you to decide",
        OtherNames = ["weights-inception-2015-12-05-6726825d.pth"],
    };

    /// <summary>Gets every file, trunks and heads of a net side by side.</summary>
    public static IReadOnlyList<PublishedFile> All { get; } = [Vgg16, LpipsVgg, AlexNet, LpipsAlex, SqueezeNet11, LpipsSqueeze, Inception];

    private static PublishedFile Heads(string net, string trunk, long length, string sha256) => new()
    {
        Name = $"lpips-{net}",
        FileName = $"lpips-v0.1-{net}.pth",
        Purpose = $"LPIPS with {trunk}: the calibrated heads, version 0.1",
        Address = new($"{PerceptualSimilarity}{net}.pth"),
        Length = length,
        Sha256 = sha256,
        Terms = HeadTerms,
        OtherNames = [$"{net}.pth", $"v0.1_{net}.pth"],
    };
}
