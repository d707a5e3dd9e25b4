using LdmMl.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>CompVis <c>LitEma</c>: averages of weights that something else moves.</summary>
internal sealed class EmaRunner : IGoldenRunner
{
    public string Group => "ema";

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var config = golden.Settings;
        config.Expect("target", "ldm.modules.ema.LitEma");
        var frozen = config.Texts("frozen").ToHashSet();
        var names = golden.Inputs.Keys.Where(key => key.StartsWith("upd0.", StringComparison.Ordinal)).Select(key => key["upd0.".Length..]).ToArray();
        var weights = names.ToDictionary(name => name, name => new Parameter(golden.Inputs["start." + name].clone(), !frozen.Contains(name)));
        var averages = names.ToDictionary(name => name, name => zeros_like(weights[name]));
        var (decay, warmsUp) = (config.Number("decay", 0.9999), config.Flag("use_num_upates", true));
        var average = new WeightAverage(weights.Values, averages.Values, decay, warmsUp);

        golden.Check("init.decay", decay);
        Check("init.");
        for (var step = 0; step < config.Int("steps"); step++)
        {
            foreach (var (name, weight) in weights.Where(pair => golden.Inputs.ContainsKey($"upd{step}.{pair.Key}")))
                weight.add_(golden.Inputs[$"upd{step}.{name}"], Whole(1));
            average.Update();
            Check($"step{step}.");
            if (golden.Wants($"step{step}.effective_decay"))
                golden.Check($"step{step}.effective_decay", average.EffectiveDecay);
        }

        // The averages are kept in a network of their own: it is the copy, and nothing has to be restored.
        foreach (var name in names.Where(name => golden.Wants("copied." + name)))
        {
            golden.Check("copied." + name, averages[name]);
            golden.Check("restored." + name, weights[name]);
        }

        void Check(string prefix)
        {
            golden.Check(prefix + "num_updates", warmsUp ? average.Updates : -1);
            foreach (var name in names.Except(frozen))
                golden.Check(prefix + name.Replace(".", "", StringComparison.Ordinal), averages[name]);
        }
    }
}
