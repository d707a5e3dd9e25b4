using System.Text.RegularExpressions;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>PatchGAN discriminators alone, and the whole objective of the first stage behind an autoencoder.</summary>
internal sealed partial class AdversarialLossesRunner : IGoldenRunner
{
    public string Group => "adversarial-losses";

    public void Run(GoldenCase golden)
    {
        if (golden.Config["target"]!.GetValue<string>().EndsWith("NLayerDiscriminator", StringComparison.Ordinal))
        {
            DiscriminatorCases.Run(golden);
            return;
        }

        using var weights = golden.Weights();
        using var perceptual = FirstStageCase.OpenPerceptual(weights);
        foreach (var (step, mode) in golden.Outputs.Keys.Select(key => StepAndMode().Match(key)).Where(match => match.Success)
            .Select(match => (int.Parse(match.Groups["step"].Value), match.Groups["mode"].Value)).Distinct())
        {
            using var fresh = new FirstStageCase(golden, weights, perceptual);
            fresh.Check(step, mode);
        }
    }

    [GeneratedRegex(@"^step(?<step>\d+)\.(?<mode>train|eval)\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StepAndMode();
}
