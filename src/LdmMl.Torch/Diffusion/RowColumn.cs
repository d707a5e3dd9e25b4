using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>One number per row of a batch, as a tensor by which the batch can be multiplied.</summary>
internal static class RowColumn
{
    /// <summary>Creates a tensor [B, 1, ...] of the batch's type and device.</summary>
    /// <param name="state">The batch, [B, ...].</param>
    /// <param name="values">B numbers.</param>
    public static Tensor Of(Tensor state, IEnumerable<double> values)
    {
        using var scope = NewDisposeScope();
        long[] shape = [state.shape[0], .. Enumerable.Repeat(1L, (int)state.dim() - 1)];
        return scope.MoveToOuter(tensor(values.ToArray(), dtype: ScalarType.Float64).reshape(shape).to(state.dtype, state.device));
    }
}
