namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>PatchGAN discriminators alone, and the whole objective of the first stage with an autoencoder before it.</summary>
internal sealed class AdversarialLossesRunner : IGoldenRunner
{
    public string Group => "adversarial-losses";

    public void Run(GoldenCase golden)
    {
        if (golden.Config["target"]!.GetValue<string>().EndsWith("NLayerDiscriminator", StringComparison.Ordinal))
            DiscriminatorCases.Run(golden);
    }
}
