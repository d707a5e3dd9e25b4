namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Files that change a model or add a word to it: LoRA in the naming schemes of kohya, diffusers and PEFT, and textual inversion.</summary>
internal sealed class LoraRunner : IGoldenRunner
{
    public string Group => "lora";

    public bool Convolves(string folder) => !File.ReadAllText(Path.Combine(folder, "config.json")).Contains($"\"{TextualInversionCase.Mark}\"", StringComparison.Ordinal);

    public void Run(GoldenCase golden)
    {
        if (golden.Settings.Has(TextualInversionCase.Mark))
            new TextualInversionCase(golden).Check();
        else
            new LoraCase(golden).Check();
    }
}
