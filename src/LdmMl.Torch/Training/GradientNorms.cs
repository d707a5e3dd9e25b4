using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The norm of all gradients together.</summary>
internal static class GradientNorms
{
    /// <summary>Computes the norm; not finite where a gradient is not.</summary>
    public static double Of(IReadOnlyList<Parameter> parameters)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var norms = stack([.. parameters.Select(parameter => parameter.grad).OfType<Tensor>().Select(gradient => gradient.norm())]);
        return norms.norm().Read<float>();
    }
}
