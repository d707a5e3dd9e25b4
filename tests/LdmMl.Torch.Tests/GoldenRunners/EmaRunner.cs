using LdmMl.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>CompVis <c>LitEma</c>: averages of weights that change from outside.</summary>
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
        var (decay, warmsUp) = (config.Number("decay", 0.9999), config.Flag("use_num_upates", true));
        using var ema = new EmaWeights(weights.Values, decay, warmsUp);
        var averages = names.Zip(ema.Averages).ToDictionary(pair => pair.First, pair => pair.Second);

        golden.Check("init.decay", decay);
        Check("init.");
        for (var step = 0; step < config.Int("steps"); step++)
        {
            foreach (var (name, weight) in weights.Where(pair => golden.Inputs.ContainsKey($"upd{step}.{pair.Key}")))
                weight.add_(golden.Inputs[$"upd{step}.{name}"], Whole(1));
            ema.Update();
            Check($"step{step}.");
            if (golden.Wants($"step{step}.effective_decay"))
                golden.Check($"step{step}.effective_decay", ema.EffectiveDecay);
        }

        var copied = names.Where(name => golden.Wants("copied." + name)).ToArray();
        using (ema.Apply())
        {
            foreach (var name in copied)
                golden.Check("copied." + name, weights[name]);
        }

        foreach (var name in copied)
            golden.Check("restored." + name, weights[name]);

        void Check(string prefix)
        {
            golden.Check(prefix + "num_updates", warmsUp ? ema.Updates : -1);
            foreach (var name in names.Except(frozen))
                golden.Check(prefix + name.Replace(".", "", StringComparison.Ordinal), averages[name]);
        }
    }
}
