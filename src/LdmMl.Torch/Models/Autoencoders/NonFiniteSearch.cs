using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>Finds the module that first produced NaN or infinity, by a second run in which every module's output is looked at.</summary>
internal static class NonFiniteSearch
{
    public static NonFiniteException Explain(SharedNetwork network, Tensor input, Tensor given, string doing, Func<Tensor, Tensor> run)
    {
        if (!given.isfinite().all().item<bool>())
            return new NonFiniteException($"The tensor given for {doing} holds NaN or infinity itself; look at where it was made.", module: null);

        // Hooks belong to the network, so nobody else may run it meanwhile.
        network.Hooks.EnterWriteLock();
        try
        {
            var first = FirstNonFinite(network.Module, () => run(input)) ?? network.Module.GetName();
            var advice = network.Precision == ModelPrecision.BFloat16 ? " Try float32." : " Check the checkpoint and the range of the input.";
            return new NonFiniteException(
                $"While {doing}, the module '{first}' was the first to give NaN or infinity for finite input.{advice}", first);
        }
        finally
        {
            network.Hooks.ExitWriteLock();
        }
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
                    if (first is null && !output.isfinite().all().item<bool>())
                        first = name;
                    return output;
                }));
            }
        }

        run();
        hooks.ForEach(hook => hook.remove());
        return first;
    }
}
