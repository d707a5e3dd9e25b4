using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Sharing;

/// <summary>Finds the module that first produced NaN or infinity, by a second run in which every module's output is checked.</summary>
internal static class NonFiniteSearch
{
    /// <summary>Runs a shared network and checks its output.</summary>
    /// <param name="network">The network.</param>
    /// <param name="doing">The operation in messages, such as "decoding".</param>
    /// <param name="given">The caller's input; if it has non-finite values, the error says so.</param>
    /// <param name="run">The run; repeated if its result is not finite.</param>
    /// <exception cref="NonFiniteException">The result is not finite.</exception>
    public static Tensor Run(SharedNetwork network, string doing, IReadOnlyList<Tensor> given, Func<Tensor> run)
    {
        Tensor output;
        network.Hooks.EnterReadLock();
        try
        {
            output = run();
        }
        finally
        {
            network.Hooks.ExitReadLock();
        }

        if (!IsFinite(output))
            throw Explain(network, doing, given, run);
        return output;
    }

    public static string? FirstNonFinite(nn.Module root, Action run)
    {
        string? first = null;
        var hooks = new List<nn.Module<Tensor, Tensor>.HookRemover>();
        foreach (var (name, module) in root.named_modules())
        {
            if (module is nn.Module<Tensor, Tensor> called && !module.named_children().Any())
            {
                hooks.Add(called.register_forward_hook((_, _, output) =>
                {
                    if (first is null && !output.isfinite().all().Read<bool>())
                        first = name;
                    return output;
                }));
            }
        }

        // libtorch's convolutions, because they go through every module.
        using (new ConvolutionScope(ConvolutionMode.Direct))
            run();
        hooks.ForEach(hook => hook.remove());
        return first;
    }

    private static NonFiniteException Explain(SharedNetwork network, string doing, IReadOnlyList<Tensor> given, Func<Tensor> run)
    {
        if (given.Any(tensor => !tensor.isfinite().all().Read<bool>()))
            return new NonFiniteException($"The tensor given for {doing} contains NaN or infinity; check its source.", module: null);

        // Hooks belong to the network, so no other call may run meanwhile.
        network.Hooks.EnterWriteLock();
        try
        {
            var first = FirstNonFinite(network.Module, () => run()) ?? network.Module.GetName();
            var advice = network.Precision == ModelPrecision.BFloat16 ? " Try float32." : " Check the checkpoint and the range of the input.";
            return new NonFiniteException(
                $"While {doing}, the module '{first}' was the first to output NaN or infinity for finite input.{advice}", first);
        }
        finally
        {
            network.Hooks.ExitWriteLock();
        }
    }

    // The sum of finite numbers is finite unless it overflows, which the second check decides.
    private static bool IsFinite(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return double.IsFinite(tensor.sum(ScalarType.Float32).Read<float>()) || tensor.isfinite().all().Read<bool>();
    }
}
