using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The norm of all gradients together, and clipping to it.</summary>
internal static class GradientNorms
{
    /// <summary>Computes the norm, and scales the gradients down to <paramref name="largest"/> where they exceed it.</summary>
    /// <returns>The norm before clipping; not finite where a gradient is not.</returns>
    public static double Clip(IReadOnlyList<Parameter> parameters, double? largest)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var gradients = parameters.Select(parameter => parameter.grad).OfType<Tensor>().ToArray();
        var norms = stack([.. gradients.Select(gradient => gradient.norm())]);
        var norm = (double)norms.norm().item<float>();
        if (largest is { } limit && double.IsFinite(norm) && norm > limit)
        {
            foreach (var gradient in gradients)
                gradient.mul_(limit / norm);
        }

        return norm;
    }
}
