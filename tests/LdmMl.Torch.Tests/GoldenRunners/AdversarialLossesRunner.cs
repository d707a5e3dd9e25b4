namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>PatchGAN discriminators by themselves, and the whole objective of the first stage with an autoencoder.</summary>
internal sealed class AdversarialLossesRunner : IGoldenRunner
{
    public string Group => "adversarial-losses";

    public void Run(GoldenCase golden)
    {
        var isDiscriminator = golden.Settings.Choice(
            "target", "", (DiscriminatorCases.Target, true), (FirstStageCase.KlTarget, false), (FirstStageCase.VqTarget, false));
        if (isDiscriminator)
        {
            DiscriminatorCases.Run(golden);
            return;
        }

        using var weights = golden.Weights();
        using var perceptual = FirstStageCase.OpenPerceptual(weights);
        foreach (var step in golden.Settings.Ints("steps"))
        {
            foreach (var mode in new[] { "train", "eval" }.Where(mode => golden.OutputsAfter($"step{step}.{mode}.").Count > 0))
            {
                using var fresh = new FirstStageCase(golden, weights, perceptual);
                fresh.Check(step, mode);
            }
        }
    }
}
