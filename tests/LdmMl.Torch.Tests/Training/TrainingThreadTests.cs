using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training;

[Collection(WholeProcess.Name)]
public class TrainingThreadTests
{
    private static readonly KlAutoencoderConfig Wide = TinyModels.KlConfig with { BaseChannels = 32, Resolution = 64 };

    /// <remarks>
    /// libtorch computes the first and the last layer, those that halve maps, those of 1x1, and the loss; its sums depend on the threads in their last
    /// bits.
    /// </remarks>
    [Fact]
    public void A_training_has_the_same_bits_again_and_the_same_loss_for_every_number_of_threads()
    {
        var runs = LibtorchThreads.Each([1, 2, 2], Train);

        Assert.Equal(runs[1], runs[2]);
        Assert.All(runs[0].Losses.Zip(runs[1].Losses), pair => Assert.InRange(pair.Second / pair.First, 1 - 1e-6, 1 + 1e-6));
    }

    private static Run Train()
    {
        using var model = AutoencoderModel.Create(Wide, seed: 1);
        var options = new AutoencoderTrainingOptions { Steps = 4, BatchSize = 4, LearningRate = 1e-3, Convolutions = ConvolutionMode.Auto, HistoryInterval = 1 };
        using var result = new AutoencoderTrainer(model, options).Train(new ToyImages(8, side: 64));
        return new([.. result.History.Select(step => step.Loss)], TinyModels.Fingerprint(result.Model));
    }

    private sealed record Run(double[] Losses, string Weights)
    {
        public bool Equals(Run? other) => other is not null && Weights == other.Weights && Losses.SequenceEqual(other.Losses);

        public override int GetHashCode() => Weights.GetHashCode(StringComparison.Ordinal);

        public override string ToString() => $"{string.Join(" ", Losses.Select(loss => loss.ToString("R")))} {Weights[..8]}";
    }
}
