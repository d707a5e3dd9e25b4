using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Perceptual;

public sealed class PerceptualErrorsTests : IDisposable
{
    private readonly PerceptualFilesOfTests files = new();

    public static TheoryData<string, int> Minima() => new() { { "VGG-16", 16 }, { "AlexNet", 31 }, { "SqueezeNet 1.1", 17 } };

    public void Dispose() => files.Dispose();

    [Theory]
    [MemberData(nameof(Minima))]
    public void The_minimum_size_is_accepted_and_one_pixel_less_refused(string name, int smallest)
    {
        using var scope = NewDisposeScope();
        var trunk = new[] { PerceptualTrunkConfig.Vgg16, PerceptualTrunkConfig.AlexNet, PerceptualTrunkConfig.SqueezeNet }.Single(trunk => trunk.Name == name);
        using var model = files.Lpips(trunk);

        Assert.Equal(smallest, model.MinimumSize);
        Assert.True(float.IsFinite(model.Distance(Images(smallest, smallest), Images(smallest, smallest), PixelRange.ZeroToOne).item<float>()));
        Assert.Equal(
            $"The images are {smallest}x{smallest - 1}; {name} needs at least {smallest} pixels on each side. Enlarge them, or use a smaller network. (Parameter 'images')",
            Refusal(() => model.Distance(Images(smallest - 1, smallest), Images(smallest - 1, smallest), PixelRange.ZeroToOne)));
    }

    [Fact]
    public void Images_that_do_not_fit_are_refused_with_what_is_needed()
    {
        using var scope = NewDisposeScope();
        using var model = files.Small();
        var good = Images(16, 16);

        Assert.StartsWith("Expected images [B, 3, H, W], got [2, 1, 16, 16].", Refusal(() => model.Distance(zeros(2, 1, 16, 16), good, PixelRange.ZeroToOne)), StringComparison.Ordinal);
        Assert.StartsWith("Expected float32 images, got Byte", Refusal(() => model.Distance(good, zeros([1, 3, 16, 16], dtype: ScalarType.Byte), PixelRange.ZeroToOne)), StringComparison.Ordinal);
        Assert.StartsWith("Both sides must have the same shape, got [1, 3, 16, 16] and [1, 3, 16, 20].", Refusal(() => model.Distance(good, Images(16, 20), PixelRange.ZeroToOne)), StringComparison.Ordinal);
        Assert.StartsWith("Unknown pixel range.", Refusal(() => model.Distance(good, good, (PixelRange)7)), StringComparison.Ordinal);
    }

    [Fact]
    public void Features_need_the_model_that_computed_them_and_images_of_their_size()
    {
        using var scope = NewDisposeScope();
        using var model = files.Small();
        using var other = model.To(CPU, ModelPrecision.BFloat16);
        using var two = model.Features(PerceptualFilesOfTests.Images(1, 2, 3, 16, 16), PixelRange.ZeroToOne);

        Assert.StartsWith("The features were computed by another model or in another number format", Refusal(() => other.Distance(two, Images(16, 16), PixelRange.ZeroToOne)), StringComparison.Ordinal);
        Assert.StartsWith("The reference's images are 16x16, the others are 20x16", Refusal(() => model.Distance(two, Images(16, 20), PixelRange.ZeroToOne)), StringComparison.Ordinal);
        Assert.StartsWith("2 reference images cannot be compared with 1 others", Refusal(() => model.Distance(two, Images(16, 16), PixelRange.ZeroToOne)), StringComparison.Ordinal);
        two.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Distance(two, Images(16, 16), PixelRange.ZeroToOne));
    }

    [Fact]
    public void Every_missing_unexpected_and_misshapen_key_is_named()
    {
        var trunk = files.Trunk(PerceptualTrunkConfig.AlexNet, weights =>
        {
            weights.Remove("features.3.bias");
            weights["features.99.strange"] = zeros(1);
            weights["features.8.weight"] = zeros(256, 384, 1, 1);
            weights["classifier.6.weight"] = zeros(10, 4);
        });

        var message = Assert.Throws<CheckpointException>(() => PerceptualModel.LoadLpips(trunk, files.Heads(PerceptualTrunkConfig.AlexNet))).Message;

        Assert.Contains("Missing (1): features.3.bias.", message, StringComparison.Ordinal);
        Assert.Contains("Unexpected (1): features.99.strange.", message, StringComparison.Ordinal);
        Assert.Contains("Wrong shape (1): features.8.weight: has [256, 384, 1, 1], needs [256, 384, 3, 3].", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_is_reported_as_unused()
    {
        using var model = PerceptualModel.LoadLpips(files.Trunk(PerceptualTrunkConfig.SqueezeNet, weights => weights["classifier.1.weight"] = zeros(10, 4)), files.Heads(PerceptualTrunkConfig.SqueezeNet));

        Assert.Equal(["classifier.1.weight"], model.LoadReport.Unexpected);
        Assert.Empty(model.LoadReport.Missing);
    }

    [Fact]
    public void Heads_of_another_trunk_are_refused_by_their_shapes() =>
        Assert.Contains("lin1.model.1.weight: has [1, 128, 1, 1], needs [1, 192, 1, 1]", Assert.Throws<CheckpointException>(
            () => PerceptualModel.LoadLpips(files.Trunk(PerceptualTrunkConfig.AlexNet), files.Heads(PerceptualTrunkConfig.Vgg16))).Message, StringComparison.Ordinal);

    [Fact]
    public void Heads_trained_without_dropout_are_the_same_heads()
    {
        using var scope = NewDisposeScope();
        var trunk = files.Trunk(PerceptualTrunkConfig.SqueezeNet);
        using var expected = PerceptualModel.LoadLpips(trunk, files.Heads(PerceptualTrunkConfig.SqueezeNet));
        using var actual = PerceptualModel.LoadLpips(trunk, files.Heads(PerceptualTrunkConfig.SqueezeNet, Renumber, "renamed.safetensors"));
        var (images, others) = (Images(32, 32), PerceptualFilesOfTests.Images(8, 1, 3, 32, 32));

        Assert.Equal(expected.Distance(images, others, PixelRange.ZeroToOne).item<float>(), actual.Distance(images, others, PixelRange.ZeroToOne).item<float>());
    }

    [Fact]
    public void A_trunk_without_heads_opens_only_as_an_uncalibrated_model()
    {
        var trunk = files.Trunk(PerceptualTrunkConfig.SqueezeNet);
        using var asked = PerceptualModel.LoadUncalibrated(trunk);

        Assert.Equal("uncalibrated perceptual distance (SqueezeNet 1.1)", asked.Name);
        Assert.Contains("it holds no heads of LPIPS ('lin0.model.1.weight' ...)", Assert.Throws<CheckpointException>(() => PerceptualModel.LoadLpips(trunk, trunk)).Message, StringComparison.Ordinal);
        Assert.Contains("open a trunk without heads by name, with PerceptualModel.LoadUncalibrated.", Assert.Throws<CheckpointException>(() => PerceptualModel.Load(trunk)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LPIPS_refuses_a_trunk_without_published_heads()
    {
        var trunk = PerceptualTrunkConfig.Vgg(PerceptualFilesOfTests.SmallPlan);

        Assert.Contains("(VGG-style, 8 8 | 12 | 20 16) is none for which LPIPS has heads", Assert.Throws<CheckpointException>(
            () => PerceptualModel.LoadLpips(files.Trunk(trunk), files.Heads(trunk))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_without_a_trunk_name_the_missing_key()
    {
        var heads = files.Heads(PerceptualTrunkConfig.SqueezeNet);
        var normalised = files.Trunk(PerceptualTrunkConfig.Vgg([[4], [4]]), weights => weights["features.1.weight"] = zeros(4), "bn.safetensors");

        Assert.Contains("it has no 'features.0.weight'", Assert.Throws<CheckpointException>(() => PerceptualModel.LoadUncalibrated(heads)).Message, StringComparison.Ordinal);
        Assert.Contains("Networks with batch normalisation are not supported.", Assert.Throws<CheckpointException>(() => PerceptualModel.LoadUncalibrated(normalised)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_model_says_so_and_its_other_handles_stay_usable()
    {
        using var scope = NewDisposeScope();
        var model = files.Small();
        using var shared = model.Share();
        model.Dispose();
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.Distance(Images(16, 16), Images(16, 16), PixelRange.ZeroToOne));
        Assert.Equal(0f, shared.Distance(Images(16, 16), Images(16, 16), PixelRange.ZeroToOne).item<float>());
    }

    private static void Renumber(Dictionary<string, Tensor> heads)
    {
        foreach (var key in heads.Keys.ToArray())
        {
            heads.Remove(key, out var value);
            heads[key.Replace("model.1", "model.0", StringComparison.Ordinal)] = value!;
        }
    }

    private static Tensor Images(long height, long width) => PerceptualFilesOfTests.Images(5, 1, 3, height, width);

    private static string Refusal(Action call) => Assert.ThrowsAny<ArgumentException>(call).Message;
}
