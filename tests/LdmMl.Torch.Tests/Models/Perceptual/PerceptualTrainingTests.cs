using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Perceptual;

/// <summary>Use as a training loss: frozen in any surroundings, with gradients to the images.</summary>
public sealed class PerceptualTrainingTests : IDisposable
{
    private readonly PerceptualFilesOfTests files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void A_module_with_a_model_as_field_neither_trains_it_nor_changes_its_mode()
    {
        using var model = files.Small();
        using var parent = new Parent(model);

        parent.train();

        Assert.Empty(parent.parameters());
        Assert.Empty(parent.state_dict());
        Assert.All(model.Network.modules().Append(model.Network), module => Assert.False(module.training));
        Assert.All(model.Network.parameters(), parameter => Assert.False(parameter.requires_grad));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Gradients_flow_to_the_images_and_to_no_weight(bool first, bool second)
    {
        using var scope = NewDisposeScope();
        using var model = files.Small();
        var (images, others) = (Images(1, first), Images(2, second));

        model.Distance(images, others, PixelRange.ZeroToOne).sum().backward();

        AssertGradient(images, first);
        AssertGradient(others, second);
        Assert.All(model.Network.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Gradients_equal_those_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        using var model = files.Small();
        var (images, others) = (Images(1, true), Images(2, false));
        model.Distance(images, others, PixelRange.ZeroToOne).sum().backward();
        using var direction = PerceptualFilesOfTests.Images(9, images.shape).sub_(Real(0.5f));
        using var quiet = no_grad();
        const float Step = 1e-3f;

        double Value(float step) =>
            model.Distance(images.detach().Plus(Real(step) * direction), others, PixelRange.ZeroToOne).sum(ScalarType.Float64).item<double>();
        var numeric = (Value(Step) - Value(-Step)) / (2 * Step);

        var analytic = (images.grad! * direction).sum(ScalarType.Float64).item<double>();
        Assert.Equal(numeric, analytic, Math.Abs(numeric) * 0.03);   // a step crosses some of ReLU's and max-pool's kinks
    }

    [Fact]
    public void Gradients_are_finite_where_images_are_equal_or_activations_vanish()
    {
        using var scope = NewDisposeScope();
        using var dead = PerceptualModel.LoadUncalibrated(
            files.Trunk(PerceptualTrunkConfig.Vgg(PerceptualFilesOfTests.SmallPlan), weights => weights["features.0.bias"].fill_(Real(-100))));
        using var model = files.Small();
        foreach (var measured in new PerceptualModel[] { dead, model })
        {
            var images = Images(1, true);
            measured.Distance(images, images.detach(), PixelRange.ZeroToOne).sum().backward();
            Assert.True(images.grad!.isfinite().all().item<bool>());
            Assert.Equal(0f, images.grad!.abs().max().item<float>());
        }
    }

    [Fact]
    public void Without_gradients_the_result_is_outside_the_graph_but_usable_in_one()
    {
        using var scope = NewDisposeScope();
        using var model = files.Small();
        var images = Images(1, true);
        using (no_grad())
            Assert.False(model.Distance(images, Images(2, false), PixelRange.ZeroToOne).requires_grad);

        var constant = model.Distance(Images(3, false), Images(2, false), PixelRange.ZeroToOne);
        (constant.mean() * images.sum()).backward();

        Assert.NotNull(images.grad);
    }

    [Fact]
    public void Training_and_scoring_compute_the_same_distance()
    {
        using var scope = NewDisposeScope();
        using var model = files.Lpips(PerceptualTrunkConfig.SqueezeNet);
        var others = Images(2, false);

        var trained = model.Distance(Images(1, true), others, PixelRange.ZeroToOne);
        var scored = model.Distance(Images(1, false), others, PixelRange.ZeroToOne);

        Assert.True(((trained - scored) / scored).abs().max().item<float>() < 1e-5f);   // sums in another order
    }

    [Theory]
    [InlineData("small")]
    [InlineData("squeezenet")]
    public void A_bf16_trunk_stays_within_two_per_cent(string trunk)
    {
        using var scope = NewDisposeScope();
        using var exact = trunk == "small" ? files.Small() : files.Lpips(PerceptualTrunkConfig.SqueezeNet);
        using var rounded = exact.To(CPU, ModelPrecision.BFloat16);
        var (images, others) = (Images(1, false), Images(2, false));

        var expected = exact.Distance(images, others, PixelRange.ZeroToOne);
        var actual = rounded.Distance(images, others, PixelRange.ZeroToOne);

        Assert.Equal(ScalarType.Float32, actual.dtype);
        Assert.All(rounded.Network.state_dict(), pair => Assert.Equal(pair.Key.Split('.') is ["lin0" or "lin1" or "lin2" or "lin3" or "lin4" or "lin5" or "lin6", ..] or ["features", "0", ..] ? ScalarType.Float32 : ScalarType.BFloat16, pair.Value.dtype));
        Assert.True(((actual - expected) / expected).abs().max().item<float>() < 0.02f);
    }

    private static Tensor Images(ulong seed, bool withGradient) => PerceptualFilesOfTests.Images(seed, 2, 3, 32, 32).requires_grad_(withGradient);

    private static void AssertGradient(Tensor images, bool wanted)
    {
        if (!wanted)
        {
            Assert.Null(images.grad);
            return;
        }

        Assert.True(images.grad!.isfinite().all().item<bool>());
        Assert.True(images.grad!.abs().max().item<float>() > 0);
    }

    private sealed class Parent : nn.Module
    {
        private readonly PerceptualModel loss;

        public Parent(PerceptualModel loss) : base(nameof(Parent))
        {
            this.loss = loss;
            RegisterComponents();
        }

        public string Holds => loss.Name;
    }
}
