using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LdmMl.Torch.Kernels.Products;
using LdmMl.Torch.Kernels.Threads;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Attention;

/// <summary>
/// An attention in progress. Lanes are queries: a block of 2 L queries goes past all keys, some at a time, and keeps for each query the largest score
/// so far, the sum of the weights and the weighted sum of the values; all three are scaled down where a larger score is met.
/// <code>
///   queries^T [width][2 L] -- K row by row --> scores [keys][2 L] -- exp --> weights -- V column by column --> sums [width][2 L]
/// </code>
/// A query's result depends neither on its block nor on the threads.
/// </summary>
internal sealed unsafe class AttentionRun<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    // The scores of this many keys fit into the first-level cache.
    private const int KeyBlock = 128;

    private const int Vector = 16;                               // the values of a Vector512, which two lanes fill, or two vectors of lanes

    private readonly AttentionProblem problem;
    private readonly int blocks;

    private AttentionRun(AttentionProblem problem)
    {
        this.problem = problem;
        blocks = (problem.QueryCount + Block - 1) / Block;
    }

    private static int Block => 2 * TLanes.Count;

    /// <summary>Computes it.</summary>
    public static void Compute(AttentionProblem problem)
    {
        var run = new AttentionRun<TLanes>(problem);
        var work = new WorkList(problem.Images * problem.Heads * run.blocks);
        OpenMpTeam.Run(OpenMpTeam.Size, _ =>
        {
            using var memory = ScratchMemory.Rent(Block * ((2 * problem.Width) + KeyBlock + 2));
            while (work.TryTake(out var piece))
                run.ComputeBlock(piece, memory.Numbers);
        });
    }

    private void ComputeBlock(int piece, float* scratch)
    {
        var (head, image) = (piece / blocks % problem.Heads, piece / blocks / problem.Heads);
        var first = piece % blocks * Block;
        var count = Math.Min(Block, problem.QueryCount - first);
        var sums = scratch + (problem.Width * Block);
        var scores = sums + (problem.Width * Block);
        var largest = scores + (KeyBlock * Block);
        var total = largest + Block;
        Transpose(problem.Queries.Of(image, head) + (first * problem.Queries.Step), count, scratch);
        new Span<float>(sums, problem.Width * Block).Clear();
        new Span<float>(largest, Block).Fill(float.NegativeInfinity);
        new Span<float>(total, Block).Clear();
        for (var key = 0; key < problem.KeyCount; key += KeyBlock)
        {
            var keys = Math.Min(KeyBlock, problem.KeyCount - key);
            var (k, v) = (problem.Keys, problem.Values);
            PanelProduct.Multiply<TLanes>(k.Of(image, head) + (key * k.Step), k.Step, 1, scratch, scores, keys, problem.Width, adds: false);
            for (var part = 0; part < Block; part += Vector)
                Weigh(scores + part, keys, largest + part, total + part, sums + part);
            PanelProduct.Multiply<TLanes>(v.Of(image, head) + (key * v.Step), 1, v.Step, scores, sums, problem.Width, keys, adds: true);
        }

        for (var query = 0; query < count; query++)
            Write(sums + query, 1 / total[query], problem.Result(image, first + query, head));
    }

    // [count][width] -> [width][2 L], scaled; lanes without a query are 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transpose(float* rows, int count, float* target)
    {
        var scale = 1 / MathF.Sqrt(problem.Width);
        new Span<float>(target, problem.Width * Block).Clear();
        for (var query = 0; query < count; query++, rows += problem.Queries.Step)
        {
            for (var channel = 0; channel < problem.Width; channel++)
                target[(channel * Block) + query] = rows[channel] * scale;
        }
    }

    // Scores become weights e^(score - largest).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weigh(float* scores, int keys, float* largest, float* total, float* sums)
    {
        var before = Vector512.Load(largest);
        var after = before;
        for (var key = 0; key < keys; key++)
            after = Vector512.Max(after, Vector512.Load(scores + (key * Block)));
        var shrinks = VectorExponential.Exponential(before - after);
        var sum = Vector512.Load(total) * shrinks;
        for (var key = 0; key < keys; key++)
        {
            var weight = VectorExponential.Exponential(Vector512.Load(scores + (key * Block)) - after);
            weight.Store(scores + (key * Block));
            sum += weight;
        }

        for (var channel = 0; channel < problem.Width; channel++)
            (Vector512.Load(sums + (channel * Block)) * shrinks).Store(sums + (channel * Block));
        after.Store(largest);
        sum.Store(total);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(float* sums, float factor, float* target)
    {
        for (var channel = 0; channel < problem.Width; channel++)
            target[channel] = sums[channel * Block] * factor;
    }
}
