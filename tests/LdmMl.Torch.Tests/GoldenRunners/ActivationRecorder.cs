using LdmMl.Torch.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Keeps a copy of the first output of every module that the outputs of a case name as <c>PREFIX.module</c>.</summary>
internal sealed class ActivationRecorder : IDisposable
{
    private readonly Dictionary<string, Tensor> recorded = [];
    private readonly List<Action> removals = [];
    private readonly List<string> leaves = [];

    public ActivationRecorder(nn.Module network, IEnumerable<string> modules)
    {
        var wanted = modules.ToHashSet();
        foreach (var (name, module) in network.named_modules())
        {
            if (wanted.Contains(name) && !module.named_children().Any())
                leaves.Add(name);

            // A copy, for the next step may overwrite what a module gave.
            if (wanted.Contains(name) && module is nn.Module<Tensor, Tensor> called)
                removals.Add(called.register_forward_hook((_, _, output) => Keep(name, output)).remove);
            else if (wanted.Contains(name) && module is nn.Module<Tensor, BlockConditions, Tensor> told)
                removals.Add(told.register_forward_hook((_, _, _, output) => Keep(name, output)).remove);
        }
    }

    public IReadOnlyDictionary<string, Tensor> Recorded => recorded;

    /// <summary>Gets the modules without children that were not called: a fast mode does what they do in the same pass as the step beside
    /// them.</summary>
    public IEnumerable<string> Fused => leaves.Where(name => !recorded.ContainsKey(name));

    public void Dispose()
    {
        removals.ForEach(remove => remove());
        foreach (var tensor in recorded.Values)
            tensor.Dispose();
    }

    private Tensor Keep(string name, Tensor output)
    {
        recorded.TryAdd(name, output.clone().DetachFromDisposeScope());
        return output;
    }
}
