using System.Diagnostics;
using System.Runtime.InteropServices;
using LdmMl.Torch.Distributed;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// What a training step costs that several processes share: measured on those that mpiexec started, beside MPI's own all-reduce, and what that says
/// about more machines.
/// </summary>
internal static class SharedSteps
{
    private const int Batches = 4, Batch = 2, Side = 16, Channels = 4, Rounds = 5;

    public static void Print(TextWriter output)
    {
        var processes = Launcher.Processes;
        var says = processes.Rank == 0 ? output : TextWriter.Null;
        using var first = AutoencoderModel.Create(
            new KlAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1, 1, 1], LatentChannels = Channels, ResidualBlocks = 1 }, seed: 1);
        var unet = new UNetConfig
        {
            InputChannels = Channels, OutputChannels = Channels, BaseChannels = 64, ChannelMultipliers = [1, 2, 4], ResidualBlocks = 2,
            AttentionFactors = [2, 4], HeadChannels = 32,
        };
        using var model = LatentDiffusionModel.Create(first, new LatentDiffusionConfig { UNet = unet, LatentHeight = Side, LatentWidth = Side }, seed: 1);
        model.Denoiser.train();
        var count = model.Network.parameters().Sum(parameter => parameter.numel());
        var one = Step(model, batches: 1, TrainingProcesses.Alone);
        var all = Step(model, Batches, TrainingProcesses.Alone);
        var shared = Step(model, Batches, TrainingProcesses.Launched);
        var values = new float[count];
        var tree = Median(() => processes.Sum(values));
        says.WriteLine($"{processes.Count} processes, {get_num_threads()} threads each; {count:N0} gradients");
        says.WriteLine($"a step of 1 batch alone {one:F0} ms, of {Batches} alone {all:F0} ms, of {Batches} shared {shared:F0} ms; sum {tree:F1} ms");
        if (processes.Count > 1 && Environment.GetEnvironmentVariable("PMI_SIZE") is not null)
            says.WriteLine($"MPI_Allreduce {Median(() => AllReduce(values)):F1} ms");
        var batch = Math.Max(0, (all - one) / (Batches - 1));
        var update = Math.Max(0, one - batch);
        says.WriteLine($"predicted for {processes.Count}: {(Batches / processes.Count * batch) + update + tree:F0} ms, of which a batch {batch:F1}, the update {update:F1}");
        ClusterPlan.Print(says, batch, update, count);
    }

    private static double Step(LatentDiffusionModel model, int batches, TrainingProcesses together)
    {
        var options = new DiffusionTrainingOptions { AccumulatedBatches = batches, Processes = together };
        using var learner = new DiffusionLearner(model, options, int.MaxValue);
        using var generator = new Generator(2, CPU);
        using var latents = randn([Batch, Channels, Side, Side], generator: generator);
        var share = batches / options.Together.Count;
        var parts = Enumerable.Range(0, batches)
            .Select(index => new MicroBatch<LatentBatch>(new(latents, Labels: null), index, index / share == options.Together.Rank)).ToArray();
        var step = 0;
        return Median(() =>
        {
            using var scope = NewDisposeScope();
            learner.Learn(parts, ++step);
        });
    }

    private static double Median(Action work)
    {
        work();
        var times = new double[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            work();
            times[round] = watch.Elapsed.TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Rounds / 2];
    }

    private static void AllReduce(float[] values)
    {
        const int InPlace = -1, Float = 0x4c00040a, Sum = 0x58000003, World = 0x44000000;
        if (MpichAllreduce(InPlace, values, values.Length, Float, Sum, World) != 0)
            throw new InvalidOperationException("MPI_Allreduce failed.");
    }

    [DllImport("libmpich.so.12", EntryPoint = "MPI_Allreduce")]
    private static extern int MpichAllreduce(nint sent, [In, Out] float[] received, int count, int type, int operation, int communicator);
}
