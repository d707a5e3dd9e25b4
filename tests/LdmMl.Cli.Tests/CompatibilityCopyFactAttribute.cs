namespace LdmMl.Cli.Tests;

/// <summary>A test of the copy of TorchSharp's library that older systems need; reported as skipped where the original loads as it is.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CompatibilityCopyFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> LoadsAsItIs = new(() => ToolRun.StartProcess("doctor").Output.Contains("as it is", StringComparison.Ordinal));

    public CompatibilityCopyFactAttribute()
    {
        if (LoadsAsItIs.Value)
            Skip = "TorchSharp's library loads as it is on this system, which needs no copy of it.";
    }
}
