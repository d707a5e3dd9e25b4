using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

public sealed class AutoencoderObjectiveTests : IDisposable
{
    private readonly AutoencoderModel model = TinyModels.Kl();

    public void Dispose() => model.Dispose();

    [Fact]
    public void The_loss_is_the_weighted_sum_of_its_terms_in_order()
    {
        using var scope = NewDisposeScope();
        var options = new AutoencoderTrainingOptions { ReconstructionWeight = 3, KullbackLeiblerWeight = 0.5 };
        using var objective = new AutoencoderObjective(model, options);
        using var loss = Evaluate(objective, finishedSteps: 0);

        Assert.Equal([("reconstruction", 3.0), ("kullback-leibler", 0.5)], loss.Terms.Select(term => (term.Name, term.Weight)));
        Assert.Equal((3 * loss.Terms[0].Value) + (0.5 * loss.Terms[1].Value), loss.Total, 1e-9);
        Assert.Equal(["total_loss", "logvar", "rec_loss", "nll_loss", "kl_loss"], loss.Logged.Keys);
    }

    [Fact]
    public void A_custom_training_loop_lowers_the_loss_and_returns_the_model_to_inference()
    {
        var losses = new List<double>();
        using (var objective = new AutoencoderObjective(model))
        {
            Assert.True(model.Network.training);
            using var optimizer = optim.Adam(objective.Parameters, lr: 3e-3);
            for (var step = 0; step < 20; step++)
            {
                using var scope = NewDisposeScope();
                using var loss = Evaluate(objective, step);
                optimizer.zero_grad();
                loss.Backward();
                optimizer.step();
                losses.Add(loss.Total);
            }
        }

        Assert.True(losses[^1] < 0.8 * losses[0], $"{losses[0]} to {losses[^1]}");
        Assert.False(model.Network.training);
    }

    [Fact]
    public void Before_its_start_the_discriminator_has_no_loss_and_afterwards_gradients()
    {
        using var scope = NewDisposeScope();
        var options = new AutoencoderTrainingOptions { Adversarial = new() { StartStep = 5, Channels = 4, Layers = 1 } };
        using var objective = new AutoencoderObjective(model, options);
        using var before = Evaluate(objective, finishedSteps: 4);
        Assert.False(before.HasDiscriminatorLoss);
        Assert.Throws<InvalidOperationException>(() => before.BackwardDiscriminator());

        using var after = Evaluate(objective, finishedSteps: 5);
        Assert.True(after.HasDiscriminatorLoss);
        Assert.Equal("adversarial", after.Terms[^1].Name);
        Assert.Equal("discriminator", after.BackwardDiscriminator().Name);
        Assert.All(objective.DiscriminatorParameters, parameter => Assert.NotNull(parameter.grad));
    }

    [Fact]
    public void A_learned_variance_is_among_the_parameters_and_gets_a_gradient()
    {
        using var scope = NewDisposeScope();
        using var objective = new AutoencoderObjective(model, new AutoencoderTrainingOptions { LearnLogVariance = true });
        using var loss = Evaluate(objective, finishedSteps: 0);
        loss.Backward();

        Assert.Contains(objective.LogVariance, objective.Parameters);
        Assert.NotEqual(0, objective.LogVariance!.grad!.item<float>());
    }

    private AutoencoderLoss Evaluate(AutoencoderObjective objective, int finishedSteps)
    {
        using var noises = new Generator(1, CPU);
        var images = BatchReader.Read(new ToyImages(4), model.Config.PixelRange, [0, 1, 2, 3]);
        return objective.Evaluate(objective.Forward(images, objective.DrawNoise(images, noises)), finishedSteps);
    }
}
