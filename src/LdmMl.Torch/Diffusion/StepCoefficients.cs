using System.Collections.Immutable;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>Gathers each row's value from a schedule's table, shaped to multiply a batch.</summary>
internal static class StepCoefficients
{
    /// <summary>Gathers a table's values at given steps, in float32 as the reference's buffers.</summary>
    /// <returns>[B, 1, ...] with as many dimensions as the batch has. The caller (or its scope) disposes it.</returns>
    public static Tensor At(ImmutableArray<double> table, ReadOnlySpan<long> steps, Tensor batch)
    {
        if (steps.Length != batch.shape[0])
            throw new ArgumentException($"There are {steps.Length} steps for a batch of {batch.shape[0]}; give one per row.", nameof(steps));

        var values = new float[steps.Length];
        for (var row = 0; row < values.Length; row++)
        {
            if (steps[row] < 0 || steps[row] >= table.Length)
                throw new ArgumentOutOfRangeException(nameof(steps), steps[row], $"The schedule has the steps 0 to {table.Length - 1}.");
            values[row] = (float)table[(int)steps[row]];
        }

        var shape = new long[batch.dim()];
        Array.Fill(shape, 1);
        shape[0] = values.Length;
        return tensor(values, shape, device: batch.device);
    }
}
