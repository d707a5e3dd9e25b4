using System.Runtime.InteropServices;
using System.Text.Json;
using LdmMl.Torch.Distributed;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// Adds the gradients of a step's batches in a fixed order: neighbours first, then pairs of neighbours. Each batch's gradient is computed alone, so
/// that a branch of the tree has the same bits whichever process computes it, and the step the same weights for any number of processes.
/// </summary>
/// <remarks>
/// Statistics of layers, such as batch norm's, begin each batch as they were before the step, and end it as the mean of what the batches made of them.
/// Memory: a copy of all gradients for each level of the tree, log2(batches) + 1 at most.
/// </remarks>
/// <param name="processes">Who shares the batches.</param>
/// <param name="batches">The number of batches of a step; gradients of a single one stay where they are.</param>
/// <param name="parameters">The parameters that get gradients.</param>
/// <param name="buffers">The statistics of layers; none unless given.</param>
internal sealed class GradientTree(
    IProcesses processes, int batches, IReadOnlyList<Parameter> parameters, IReadOnlyList<Tensor>? buffers = null) : IDisposable
{
    // A span has at most 2^31 bytes.
    private const long LongestSum = 1 << 28;

    private readonly Stack<(int Batches, Tensor?[] Sums)> branches = new();
    private readonly Tensor[] statistics = [.. (buffers ?? []).Where(buffer => buffer.is_floating_point())];
    private readonly Tensor[] counts = [.. (buffers ?? []).Where(buffer => !buffer.is_floating_point())];
    private readonly List<Tensor> before = [];

    /// <summary>Computes the gradients of all batches, and leaves their sums in the parameters.</summary>
    /// <param name="parts">The batches, which are read one after the other.</param>
    /// <param name="step">The step.</param>
    /// <param name="compute">Computes a batch's gradients and its report.</param>
    /// <param name="skip">Draws the random numbers of a batch that another process computes.</param>
    /// <returns>The reports of all batches, in their order.</returns>
    /// <exception cref="TrainingDivergedException">A loss is not finite, in any process; every process throws.</exception>
    public IReadOnlyList<TrainingStep> Compute<T>(
        IEnumerable<MicroBatch<T>> parts, int step, Func<MicroBatch<T>, TrainingStep> compute, Action<T> skip)
    {
        var reports = new List<TrainingStep>();
        TrainingDivergedException? failure = null;
        Begin();
        try
        {
            foreach (var part in parts)
            {
                if (!part.IsOwn)
                    skip(part.Value);
                else if (failure is null && Try(() => reports.Add(compute(part)), ref failure))
                    Take();
            }

            var all = processes.Count == 1 ? reports : Exchange(reports, step, failure);
            Finish();
            return all;
        }
        finally
        {
            Clear();
        }
    }

    public void Dispose() => Clear();

    // A process that stopped here would leave the others waiting: they hear of it first.
    private bool Try(Action compute, ref TrainingDivergedException? failure)
    {
        try
        {
            compute();
            return true;
        }
        catch (TrainingDivergedException error) when (processes.Count > 1)
        {
            failure = error;
            return false;
        }
    }

    private List<TrainingStep> Exchange(List<TrainingStep> reports, int step, TrainingDivergedException? failure)
    {
        var share = new StepShare([.. reports.Select(BatchReport.Of)], LengthOf(branches.LastOrDefault().Sums ?? []), failure?.Message, failure?.Module);
        var shares = processes.Gather(JsonSerializer.SerializeToUtf8Bytes(share, StepShareJson.Default.StepShare))
            .Select(message => JsonSerializer.Deserialize(message, StepShareJson.Default.StepShare)!).ToArray();
        if (Array.FindIndex(shares, other => other.Failure is not null) is >= 0 and var failed)
            throw failure ?? new TrainingDivergedException(step, shares[failed].Module, $"process {failed} reports: {shares[failed].Failure}");
        if (Array.FindIndex(shares, other => other.Length != share.Length) is >= 0 and var rank)
            throw new InvalidOperationException($"Process {rank} has {shares[rank].Length} gradients and process {processes.Rank} {share.Length}.");
        return [.. shares.SelectMany(other => other.Reports).Select(report => report.ToStep(step))];
    }

    private void Begin()
    {
        if (batches > 1)
            before.AddRange(statistics.Concat(counts).Select(buffer => buffer.clone().DetachFromDisposeScope()));
    }

    // A binary counter: two branches of one size become one.
    private void Take()
    {
        if (batches == 1)
            return;
        using var noGradient = no_grad();
        var leaf = parameters.Select(Detached).Concat(statistics.Select(buffer => buffer.clone().DetachFromDisposeScope())).ToArray();
        foreach (var (buffer, start) in statistics.Zip(before))
            buffer.copy_(start);
        branches.Push((1, leaf));
        while (branches.Count > 1 && branches.Peek().Batches == branches.ElementAt(1).Batches)
            Join();
    }

    private static Tensor? Detached(Parameter parameter)
    {
        var gradient = parameter.grad?.DetachFromDisposeScope();
        parameter.grad = null;
        return gradient;
    }

    private void Join()
    {
        var (right, left) = (branches.Pop(), branches.Pop());
        for (var i = 0; i < left.Sums.Length; i++)
        {
            if (left.Sums[i] is not { } sum)
            {
                left.Sums[i] = right.Sums[i];
            }
            else if (right.Sums[i] is { } other)
            {
                sum.add_(other, Whole(1));
                other.Dispose();
            }
        }

        branches.Push((left.Batches + right.Batches, left.Sums));
    }

    private void Finish()
    {
        if (batches == 1)
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        while (branches.Count > 1)
            Join();
        var sums = branches.Peek().Sums;
        var given = sums.OfType<Tensor>().ToArray();
        var flat = cat([.. given.Select(sum => sum.flatten())]).cpu();       // [N], of which every process has the same shape
        for (var at = 0L; at < flat.numel(); at += LongestSum)
        {
            using var part = flat.narrow(0, at, Math.Min(LongestSum, flat.numel() - at));
            processes.Sum(MemoryMarshal.Cast<byte, float>(part.bytes));
        }

        PutBack(sums, flat);
        foreach (var (count, start) in counts.Zip(before.Skip(statistics.Length)))
            count.copy_(((count - start) * Whole(processes.Count)).Plus(start));
    }

    private void PutBack(Tensor?[] sums, Tensor flat)
    {
        var at = 0L;
        for (var i = 0; i < sums.Length; i++)
        {
            if (sums[i] is not { } sum)
                continue;
            var whole = flat.narrow(0, at, sum.numel()).view(sum.shape).to(sum.device);
            at += sum.numel();
            if (i < parameters.Count)
                parameters[i].grad = whole;
            else
                statistics[i - parameters.Count].copy_(whole / Real(batches));
        }
    }

    private static long LengthOf(IEnumerable<Tensor?> sums) => sums.Sum(sum => sum?.numel() ?? 0);

    private void Clear()
    {
        foreach (var tensor in branches.SelectMany(branch => branch.Sums).OfType<Tensor>().Concat(before))
            tensor.Dispose();
        branches.Clear();
        before.Clear();
    }
}
