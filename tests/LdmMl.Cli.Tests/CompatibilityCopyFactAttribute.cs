namespace LdmMl.Cli.Tests;

/// <summary>A test of the copy of TorchSharp's library that older systems need; skipped if the original loads without one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CompatibilityCopyFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> LoadsAsItIs = new(() => ToolRun.StartProcess("doctor").Output.Contains("as it is", StringComparison.Ordinal));

    public CompatibilityCopyFactAttribute()
    {
        if (LoadsAsItIs.Value)
            Skip = "TorchSharp's library loads on this system without a copy.";
    }
}
