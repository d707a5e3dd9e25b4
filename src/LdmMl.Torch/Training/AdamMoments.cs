using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.Threads;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Adam's two moments of one parameter, and its step.</summary>
internal sealed class AdamMoments : IDisposable
{
    // Below this a second thread costs more than it gains.
    private const long LeastForThreads = 1 << 18;

    private readonly Parameter parameter;

    public AdamMoments(Parameter parameter)
    {
        this.parameter = parameter;
        using var noGradient = no_grad();
        Mean = zeros_like(parameter, requires_grad: false).DetachFromDisposeScope();
        Square = zeros_like(parameter, requires_grad: false).DetachFromDisposeScope();
    }

    /// <summary>Gets the mean gradient.</summary>
    public Tensor Mean { get; }

    /// <summary>Gets the mean squared gradient.</summary>
    public Tensor Square { get; }

    /// <summary>Updates the parameter, if it has a gradient.</summary>
    public void Step(AdamCoefficients with)
    {
        if (parameter.grad is not { } gradient)
            return;
        if (parameter.device_type == TorchSharp.DeviceType.CPU && parameter.dtype == ScalarType.Float32)
            StepInPlace(gradient, with);
        else
            StepByOperations(gradient, with);
    }

    public void Dispose()
    {
        Mean.Dispose();
        Square.Dispose();
    }

    private unsafe void StepInPlace(Tensor gradient, AdamCoefficients with)
    {
        using var packed = gradient.contiguous();                // shares the memory where it is contiguous already
        fixed (byte* weights = parameter.bytes, gradients = packed.bytes, means = Mean.bytes, squares = Square.bytes)
        {
            var (w, g, m, s) = ((nint)weights, (nint)gradients, (nint)means, (nint)squares);
            var (count, parts) = (parameter.numel(), parameter.numel() < LeastForThreads ? 1 : OpenMpTeam.Size);
            var work = new WorkList(parts);
            OpenMpTeam.Run(parts, _ =>
            {
                while (work.TryTake(out var part))
                    Part(w, g, m, s, count * part / parts, count * (part + 1) / parts, with);
            });
        }
    }

    private static unsafe void Part(nint weights, nint gradients, nint means, nint squares, long from, long to, AdamCoefficients with) =>
        AdamKernel.Step((float*)weights + from, (float*)gradients + from, (float*)means + from, (float*)squares + from, to - from, with);

    private void StepByOperations(Tensor gradient, AdamCoefficients with)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var scaled = gradient * Real(with.GradientFactor);
        Mean.mul_(Real(with.Beta1)).add_(scaled * Real(with.OneMinusBeta1), Whole(1));
        Square.mul_(Real(with.Beta2)).add_(scaled * scaled * Real(with.OneMinusBeta2), Whole(1));
        var scale = (Square.sqrt() / Real(with.SquareRootOfBias)) + Real(AdamKernel.Epsilon);
        parameter.mul_(Real(with.WeightFactor)).sub_(Mean / scale * Real(with.StepSize));
    }
}
