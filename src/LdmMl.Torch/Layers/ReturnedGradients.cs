using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// The gradients that a step of a backward pass returned. TorchSharp hands over their addresses only, so that something has to own them until libtorch
/// has taken its own references, and nobody tells when. The next step on this thread knows: it frees those of the last one. Without this a pass would
/// hold the gradients of all layers at once.
/// </summary>
internal static class ReturnedGradients
{
    [ThreadStatic]
    private static List<Tensor?>? kept;

    /// <summary>Frees those of the last step and keeps those of this one. The dispose scope around the backward pass frees those of its last
    /// step.</summary>
    /// <param name="gradients">One for each argument; null for those that need none.</param>
    public static List<Tensor> Keep(params List<Tensor?> gradients)
    {
        Free();
        kept = gradients;
        return gradients!;
    }

    /// <summary>Frees those of the last step.</summary>
    public static void Free()
    {
        foreach (var tensor in kept ?? [])
            tensor?.Dispose();
        kept = null;
    }
}
