using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Tests.Kernels;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

/// <summary>Trainings on the library's own kernels, beside the same on libtorch's.</summary>
public sealed class FastTrainingTests : IDisposable
{
    private const int StepCount = 12;

    // A network's gradient, relative root mean square: each layer adds its part.
    private const double LargestError = 1e-4;

    private static readonly KlAutoencoderConfig Wide = TinyModels.KlConfig with { BaseChannels = 32, MiddleAttention = true };

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData(ConvolutionMode.Auto)]
    [InlineData(ConvolutionMode.Exact)]
    public void Every_gradient_of_an_autoencoder_equals_libtorchs(ConvolutionMode mode)
    {
        using var scope = NewDisposeScope();
        using var model = AutoencoderModel.Create(Wide, seed: 1);
        var images = Drawn.Normal(1, 2, 3, 32, 32);

        var (fast, direct) = (Gradients(mode), Gradients(ConvolutionMode.Direct));

        // A bias of keys changes no softmax; its gradient is rounding alone.
        foreach (var (name, expected) in direct.Where(entry => !entry.Key.EndsWith("attn_1.k.bias", StringComparison.Ordinal)))
            Assert.True(Drawn.RelativeError(fast[name], expected) < LargestError, $"{name}: {Drawn.RelativeError(fast[name], expected)}");

        Dictionary<string, Tensor> Gradients(ConvolutionMode convolutions)
        {
            using var objective = new AutoencoderObjective(model, new AutoencoderTrainingOptions { Convolutions = convolutions });
            using var noises = new Generator(1, CPU);
            using var pass = objective.Forward(images, noises);
            using var loss = objective.Evaluate(pass, finishedSteps: 0);
            loss.Backward();
            return Taken(model.Network);
        }
    }

    [Theory]
    [InlineData(TimestepInjection.Shift, UNetResampling.Convolution)]
    [InlineData(TimestepInjection.ScaleAndShift, UNetResampling.ResidualBlock)]
    public void Every_gradient_of_a_UNet_equals_libtorchs(TimestepInjection injection, UNetResampling resampling)
    {
        using var scope = NewDisposeScope();
        using var network = UNet.Create(
            TinyModels.UNetConfig with { BaseChannels = 32, NormGroups = 8, TimestepInjection = injection, Resampling = resampling }, seed: 1);
        using (no_grad())
        {
            foreach (var weight in network.parameters())
                weight.copy_(Drawn.Normal(weight.numel(), weight.shape) / Real(Math.Sqrt(Math.Max(1, weight.numel() / weight.shape[0]))));
        }

        var (states, times) = (Drawn.Normal(1, 2, 2, 16, 16), tensor(new float[] { 3, 700 }));

        var (fast, direct) = (Gradients(ConvolutionMode.Auto), Gradients(ConvolutionMode.Direct));

        foreach (var (name, expected) in direct)
            Assert.True(Drawn.RelativeError(fast[name], expected) < LargestError, $"{name}: {Drawn.RelativeError(fast[name], expected)}");

        Dictionary<string, Tensor> Gradients(ConvolutionMode convolutions)
        {
            using var training = new ConvolutionScope(convolutions, trains: true);
            network.call(states, times, UNetConditions.None).pow(Whole(2)).sum().backward();
            return Taken(network);
        }
    }

    [Fact]
    public void A_training_goes_the_same_way_in_every_mode()
    {
        var losses = new[] { ConvolutionMode.Direct, ConvolutionMode.Exact, ConvolutionMode.Auto }.Select(mode => Train(mode).Losses).ToArray();

        Assert.True(losses[0][^1] < 0.9 * losses[0][0]);
        foreach (var other in losses[1..])
            Assert.All(losses[0].Zip(other), pair => Assert.InRange(pair.Second / pair.First, 0.98, 1.02));
        Assert.NotEqual(losses[0], losses[2]);
    }

    [Fact]
    public void A_state_of_another_mode_is_refused_by_name()
    {
        var options = Options(ConvolutionMode.Exact) with { StateFolder = temporary.Path + "/state", Steps = 2 };
        Train(options);

        var error = Assert.Throws<CheckpointException>(() => Train(options with { Convolutions = ConvolutionMode.Auto, Resume = true }));

        Assert.Contains("Options.Convolutions was \"Exact\", now it is \"Auto\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_leave_no_tensor_behind()
    {
        using var model = AutoencoderModel.Create(Wide, seed: 1);
        var counts = new List<long>();
        new AutoencoderTrainer(model, Options(ConvolutionMode.Auto))
            .Train(new ToyImages(8), progress: new Steps(_ => counts.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount))).Dispose();

        Assert.Equal(counts[2], counts[^1]);
    }

    private static AutoencoderTrainingOptions Options(ConvolutionMode mode) => new()
    {
        Steps = StepCount, BatchSize = 4, LearningRate = 1e-3, Convolutions = mode, HistoryInterval = 1,
    };

    private static (double[] Losses, string Weights) Train(ConvolutionMode mode) => Train(Options(mode));

    private static (double[] Losses, string Weights) Train(AutoencoderTrainingOptions options)
    {
        using var model = AutoencoderModel.Create(Wide, seed: 1);
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(8));
        return ([.. result.History.Select(step => step.Loss)], TinyModels.Fingerprint(result.Model));
    }

    private static Dictionary<string, Tensor> Taken(nn.Module network)
    {
        var taken = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!.clone(), StringComparer.Ordinal);
        foreach (var parameter in network.parameters())
            parameter.grad = null;
        return taken;
    }
}
