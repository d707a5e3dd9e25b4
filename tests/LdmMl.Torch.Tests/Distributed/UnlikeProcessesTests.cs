using System.Text.Json.Nodes;
using LdmMl.Torch.Distributed;
using LdmMl.Torch.Models.Discriminators;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Distributed;

public sealed class UnlikeProcessesTests
{
    [Fact]
    public void A_difference_between_processes_is_named_with_its_cure_in_each_of_them()
    {
        var failures = ThreadProcesses.Run(4, processes => processes.RequireSame(
            "The number of threads", processes.Rank == 2 ? "3" : "2", "Set OMP_NUM_THREADS to one number for all processes."));

        Assert.All(failures, failure => Assert.Equal(
            "The number of threads is 2 in process 0 and 3 in process 2. Set OMP_NUM_THREADS to one number for all processes.",
            Assert.IsType<InvalidOperationException>(failure).Message));
    }

    [Fact]
    public void Equal_processes_may_begin_and_those_with_another_training_may_not()
    {
        var options = new DiffusionTrainingOptions { AccumulatedBatches = 2 };
        Assert.All(ThreadProcesses.Run(2, processes => options.RequireProcesses(processes, () => new JsonObject { ["Seed"] = 1 })), Assert.Null);

        var failures = ThreadProcesses.Run(2, processes => options.RequireProcesses(processes, () => new JsonObject { ["Seed"] = processes.Rank }));
        Assert.All(failures, failure => Assert.Contains("Seed", Assert.IsType<InvalidOperationException>(failure).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Batches_that_cannot_be_shared_are_refused_by_the_name_of_their_option()
    {
        var failures = ThreadProcesses.Run(
            4, processes => new DiffusionTrainingOptions { AccumulatedBatches = 2 }.RequireProcesses(processes, () => new JsonObject()));
        Assert.All(failures, failure => Assert.Contains("AccumulatedBatches", failure!.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_normalisation_that_begins_with_a_processs_own_batch_is_refused()
    {
        var options = new AutoencoderTrainingOptions
        {
            AccumulatedBatches = 2, Adversarial = new() { Normalization = DiscriminatorNormalization.ActNorm },
        };
        var failures = ThreadProcesses.Run(2, processes => options.RequireProcesses(processes, () => new JsonObject()));
        Assert.All(failures, failure => Assert.Contains("Adversarial.Normalization", failure!.Message, StringComparison.Ordinal));
        options.RequireProcesses(OneProcess.Instance, () => new JsonObject());
    }

    [Fact]
    public void A_loss_that_is_not_finite_in_one_process_ends_the_step_in_all_of_them()
    {
        var failures = ThreadProcesses.Run(2, processes =>
        {
            using var scope = NewDisposeScope();
            var parameter = nn.Parameter(zeros(2));
            using var tree = new GradientTree(processes, batches: 2, [parameter]);
            tree.Compute<int>([new(0, 0, processes.Rank == 0), new(1, 1, processes.Rank == 1)], step: 7, part =>
            {
                if (part.Value == 1)
                    throw new TrainingDivergedException(7, "conv_in", "the module 'conv_in' was the first to output NaN or infinity.");
                parameter.grad = ones(2);
                return new TrainingStep { Step = 7, Loss = 1, Terms = [], Logged = new Dictionary<string, double>(), GradientNorm = 1, LearningRate = 1 };
            }, _ => { });
        });

        Assert.All(failures, failure => Assert.Equal((7, "conv_in"), (Diverged(failure).Step, Diverged(failure).Module)));
        Assert.Contains("process 1 reports: ", failures[0]!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("process 1 reports: ", failures[1]!.Message, StringComparison.Ordinal);

        static TrainingDivergedException Diverged(Exception? failure) => Assert.IsType<TrainingDivergedException>(failure);
    }
}
