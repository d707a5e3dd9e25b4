using LdmMl.Benchmarks.Workloads;

namespace LdmMl.Torch.Tests.Training;

public sealed class KilledTrainingTests : IDisposable
{
    private const int Steps = 32, Kills = 3;

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData("streamed-kl-adversarial")]
    [InlineData("streamed-diffusion")]
    public void A_training_killed_at_random_moments_ends_with_the_same_weights_and_history(string kind)
    {
        var state = Path.Combine(temporary.Path, "state");
        var training = new KilledTraining(typeof(KilledTrainingTests).Assembly.Location, kind, state, Steps);
        var ended = training.Finish(new Random(kind.Length), Kills);

        Assert.Equal(KilledTrainingProgram.Train(kind, folder: null, Steps), ended);
        Assert.Equal(Kills, training.Kills);
        Assert.DoesNotContain(Directory.GetFiles(state), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    /// <summary>This assembly is also the program that is killed.</summary>
    private static int Main(string[] arguments) => KilledTrainingProgram.Run(arguments);
}
