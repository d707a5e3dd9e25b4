using LdmMl.Torch.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// Keeps copies of the outputs of the modules that a case names: <c>module</c> is the output of its first call, <c>module#1</c> of its second.
/// </summary>
internal sealed class ActivationRecorder : IDisposable
{
    private readonly HashSet<string> wanted;
    private readonly Dictionary<string, Tensor> recorded = [];
    private readonly Dictionary<string, int> calls = [];
    private readonly List<Action> removals = [];
    private readonly List<string> leaves = [];

    public ActivationRecorder(nn.Module network, IEnumerable<string> activations)
    {
        wanted = [.. activations];
        var modules = wanted.Select(ModuleOf).ToHashSet();
        foreach (var (name, module) in network.named_modules().Where(entry => modules.Contains(entry.name)))
        {
            if (!module.named_children().Any())
                leaves.Add(name);
            if (module is nn.Module<Tensor, Tensor> called)
                removals.Add(called.register_forward_hook((_, _, output) => Keep(name, output)).remove);
            else if (module is nn.Module<Tensor, BlockConditions, Tensor> conditioned)
                removals.Add(conditioned.register_forward_hook((_, _, _, output) => Keep(name, output)).remove);
        }
    }

    public IReadOnlyDictionary<string, Tensor> Recorded => recorded;

    /// <summary>Gets the activations of modules without children that were not called: a fast mode computes them together with the step
    /// next to them.</summary>
    public IEnumerable<string> Fused => wanted.Where(name => leaves.Contains(ModuleOf(name)) && !calls.ContainsKey(ModuleOf(name)));

    public void Dispose()
    {
        removals.ForEach(remove => remove());
        foreach (var tensor in recorded.Values)
            tensor.Dispose();
    }

    private static string ModuleOf(string activation) => activation.Split('#')[0];

    // A copy, because the next step may overwrite a module's output.
    private Tensor Keep(string name, Tensor output)
    {
        var call = calls.GetValueOrDefault(name);
        calls[name] = call + 1;
        var activation = call == 0 ? name : $"{name}#{call}";
        if (wanted.Contains(activation))
            recorded.Add(activation, output.clone().DetachFromDisposeScope());
        return output;
    }
}
