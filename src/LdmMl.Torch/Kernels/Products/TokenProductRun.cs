using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LdmMl.Torch.Kernels.Threads;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Products;

/// <summary>
/// A linear layer in progress. Lanes are tokens: those of a block are transposed into panels, part by part of their channels; rows of the weights go
/// past the panels while both are in the caches; and the sums are transposed back.
/// <code>
///   tokens [2 L, Cin] -- transposed --> panel [Cin][2 L] -- W row by row --> sums [Cout][2 L] -- bias, gate --> transposed --> [2 L, Cout]
/// </code>
/// A token's result depends neither on its block nor on the threads.
/// </summary>
internal sealed unsafe class TokenProductRun<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    // Tokens of a block, output channels of a piece of work, and input channels of a part: all that belongs to them fits into the second cache.
    private const int BlockTokens = 128, MostChannels = 256, Part = 128;

    private const int Vector = 16;                               // the values of a Vector512

    private readonly TokenLayer layer;
    private readonly int blocks, channels, pieces;

    private TokenProductRun(TokenLayer layer)
    {
        this.layer = layer;
        blocks = (layer.Tokens + BlockTokens - 1) / BlockTokens;
        channels = layer.IsGated ? MostChannels / 2 : MostChannels;
        pieces = (layer.OutChannels + channels - 1) / channels;
    }

    private static int Panel => 2 * TLanes.Count;

    private int Halves => layer.IsGated ? 2 : 1;

    /// <summary>Computes it.</summary>
    public static void Compute(TokenLayer layer)
    {
        var run = new TokenProductRun<TLanes>(layer);
        var work = new WorkList(run.blocks * run.pieces);
        OpenMpTeam.Run(OpenMpTeam.Size, _ =>
        {
            using var panels = ScratchMemory.Rent(BlockTokens * Part);
            using var sums = ScratchMemory.Rent(BlockTokens * MostChannels);
            using var widened = layer.HasHalfWeights ? ScratchMemory.Rent(MostChannels * Part) : null;
            while (work.TryTake(out var piece))
            {
                run.ComputePiece(
                    piece / run.pieces * BlockTokens, piece % run.pieces * run.channels, panels.Numbers, sums.Numbers,
                    widened is null ? null : widened.Numbers);
            }
        });
    }

    private void ComputePiece(int firstToken, int firstChannel, float* panels, float* sums, float* widened)
    {
        var tokens = Math.Min(BlockTokens, layer.Tokens - firstToken);
        var count = Math.Min(channels, layer.OutChannels - firstChannel);
        for (var from = 0; from < layer.InChannels; from += Part)
        {
            var depth = Math.Min(Part, layer.InChannels - from);
            for (var token = 0; token < tokens; token += Panel)
                FillPanel(firstToken + token, Math.Min(Panel, tokens - token), from, depth, panels + (token * depth));
            for (var half = 0; half < Halves; half++)
            {
                var weights = Weights(firstChannel + (half * layer.OutChannels), count, from, depth, widened, out var step);
                Multiply(weights, step, count, depth, tokens, panels, sums + (half * count * BlockTokens), adds: from > 0);
            }
        }

        Finish(firstChannel, count, tokens, sums);
        for (var token = 0; token < tokens; token += Panel)
            Write(firstToken + token, Math.Min(Panel, tokens - token), firstChannel, count, sums + (token * count));
    }

    // [tokens][depth] -> [depth][2 L]; lanes without a token are 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillPanel(int firstToken, int tokens, int from, int depth, float* panel)
    {
        nint step = layer.InChannels;
        var source = layer.Input + (firstToken * step) + from;
        if (tokens < Panel)
            new Span<float>(panel, depth * Panel).Clear();
        var token = 0;
        for (; token <= tokens - Transposition.Side; token += Transposition.Side)
        {
            for (var k = 0; k < depth; k += Transposition.Side)
                Transposition.Square(source + (token * step) + k, step, panel + (k * Panel) + token, Panel);
        }

        for (; token < tokens; token++)
        {
            for (var k = 0; k < depth; k++)
                panel[(k * Panel) + token] = source[(token * step) + k];
        }
    }

    // Some rows of the weights, from a channel on: where they lie, or a widened copy that stays in the second cache.
    private float* Weights(int firstRow, int rows, int from, int depth, float* widened, out nint step)
    {
        var first = ((nint)firstRow * layer.InChannels) + from;
        step = layer.InChannels;
        if (!layer.HasHalfWeights)
            return (float*)layer.Weights + first;
        for (var row = 0; row < rows; row++)
            Float16Values.Widen((ushort*)layer.Weights + first + (row * step), widened + ((nint)row * depth), depth);
        step = depth;
        return widened;
    }

    private static void Multiply(float* weights, nint step, int count, int depth, int tokens, float* panels, float* sums, bool adds)
    {
        var rows = PanelProduct.Rows<TLanes>();
        for (var row = 0; row < count; row += rows)
        {
            for (var token = 0; token < tokens; token += Panel)
            {
                PanelProduct.Multiply<TLanes>(
                    weights + (row * step), step, 1, panels + (token * depth), sums + (token * count) + (row * Panel), rows, depth, adds);
            }
        }
    }

    // Adds the bias, and applies the gate.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish(int firstChannel, int count, int tokens, float* sums)
    {
        for (var token = 0; token < tokens; token += Panel)
        {
            for (var channel = 0; channel < count; channel++)
            {
                var row = sums + (token * count) + (channel * Panel);
                var bias = BiasOf(firstChannel + channel);
                var gateBias = layer.IsGated ? BiasOf(layer.OutChannels + firstChannel + channel) : default;
                for (var at = row; at < row + Panel; at += Vector)
                {
                    var value = Vector512.Load(at) + bias;
                    (layer.IsGated ? value * VectorExponential.Gelu(Vector512.Load(at + (count * BlockTokens)) + gateBias) : value).Store(at);
                }
            }
        }
    }

    private Vector512<float> BiasOf(int row) => layer.Bias == null ? default : Vector512.Create(layer.Bias[row]);

    // [count][2 L] -> [tokens][count]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(int firstToken, int tokens, int firstChannel, int count, float* sums)
    {
        nint step = layer.OutChannels;
        var start = (firstToken * step) + firstChannel;
        var token = 0;
        for (; token <= tokens - Transposition.Side; token += Transposition.Side)
        {
            for (var channel = 0; channel < count; channel += Transposition.Side)
                Transposition.Square(sums + (channel * Panel) + token, Panel, layer.Output + start + (token * step) + channel, step);
        }

        for (; token < tokens; token++)
        {
            for (var channel = 0; channel < count; channel++)
                layer.Output[start + (token * step) + channel] = sums[(channel * Panel) + token];
        }
    }
}
