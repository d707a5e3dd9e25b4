using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.UNets;

/// <summary>Checks the arguments of a U-Net.</summary>
internal static class UNetArguments
{
    public static void Check(UNetConfig config, Tensor states, Tensor timesteps, UNetConditions conditions)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentNullException.ThrowIfNull(timesteps);
        ArgumentNullException.ThrowIfNull(conditions);
        CheckStates(config, states, conditions.Concatenated);
        var rows = states.shape[0];
        if (timesteps.dim() != 1 || timesteps.shape[0] != rows)
            throw new ArgumentException($"Expected one time step for each of {rows} rows, [{rows}], got {timesteps.ShapeText()}.", nameof(timesteps));
        CheckGiven(conditions.Context, config.ContextDimension is not null, "context tokens", "ContextDimension", nameof(conditions));
        CheckGiven(conditions.Labels, config.LabelCount is not null, "class labels", "LabelCount", nameof(conditions));
        CheckGiven(conditions.Vectors, config.VectorDimension is not null, "vectors", "VectorDimension", nameof(conditions));
        CheckContext(config, conditions.Context, rows);
        CheckLabels(config, conditions.Labels, rows);
        CheckVectors(config, conditions.Vectors, rows);
    }

    private static void CheckStates(UNetConfig config, Tensor states, Tensor? concatenated)
    {
        if (states.dim() != 4 || states.shape.Contains(0))
            throw new ArgumentException($"Expected states [B, c, h, w], got {states.ShapeText()}.", nameof(states));
        CheckFloat(states, "states");
        var (rows, channels, height, width) = (states.shape[0], states.shape[1], states.shape[2], states.shape[3]);
        if (concatenated is not null)
        {
            if (concatenated.dim() != 4 || concatenated.shape is not [var b, _, var h, var w] || b != rows || h != height || w != width)
            {
                throw new ArgumentException(
                    $"Expected concatenated channels [{rows}, c, {height}, {width}] with states {states.ShapeText()}, got {concatenated.ShapeText()}.",
                    nameof(concatenated));
            }

            CheckFloat(concatenated, "concatenated channels");
        }

        var more = concatenated?.shape[1] ?? 0;
        if (channels + more != config.InputChannels)
        {
            throw new ArgumentException(
                $"The U-Net takes {config.InputChannels} channels; got {channels} from the states and {more} concatenated.", nameof(states));
        }

        var factor = config.DownsampleFactor;
        if (height % factor != 0 || width % factor != 0)
            throw new ArgumentException($"The states are {width}x{height}; both sides must be multiples of {factor}.", nameof(states));
    }

    private static void CheckGiven(Tensor? given, bool isWanted, string what, string property, string name)
    {
        if (given is null && isWanted)
            throw new ArgumentException($"The U-Net needs {what}, but none were given.", name);
        if (given is not null && !isWanted)
            throw new ArgumentException($"The U-Net takes no {what} (its {property} is null); leave them out.", name);
    }

    private static void CheckContext(UNetConfig config, Tensor? context, long rows)
    {
        if (context is null)
            return;
        if (context.dim() != 3 || context.shape[0] != rows || context.shape[1] == 0 || context.shape[2] != config.ContextDimension)
            throw new ArgumentException($"Expected context [{rows}, tokens, {config.ContextDimension}], got {context.ShapeText()}.", nameof(context));
        CheckFloat(context, "context");
    }

    private static void CheckLabels(UNetConfig config, Tensor? labels, long rows)
    {
        if (labels is null)
            return;
        if (labels.dim() != 1 || labels.shape[0] != rows || labels.dtype != ScalarType.Int64)
            throw new ArgumentException($"Expected labels [{rows}] of int64, got {labels.ShapeText()} of {labels.dtype}.", nameof(labels));
        using var smallest = labels.min();
        using var largest = labels.max();
        if (smallest.Read<long>() < 0 || largest.Read<long>() >= config.LabelCount)
        {
            throw new ArgumentException(
                $"Labels go from 0 to {config.LabelCount - 1}; got {smallest.Read<long>()} to {largest.Read<long>()}.", nameof(labels));
        }
    }

    private static void CheckVectors(UNetConfig config, Tensor? vectors, long rows)
    {
        if (vectors is null)
            return;
        if (vectors.dim() != 2 || vectors.shape[0] != rows || vectors.shape[1] != config.VectorDimension)
            throw new ArgumentException($"Expected vectors [{rows}, {config.VectorDimension}], got {vectors.ShapeText()}.", nameof(vectors));
        CheckFloat(vectors, "vectors");
    }

    private static void CheckFloat(Tensor tensor, string what)
    {
        if (tensor.dtype != ScalarType.Float32)
            throw new ArgumentException($"Expected float32 {what}, got {tensor.dtype}; convert with to(ScalarType.Float32).");
    }
}
