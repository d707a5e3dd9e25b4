namespace LdmMl.Testing;

/// <summary>A test that needs <c>../shared/data</c>; skipped if that folder is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDataFactAttribute : FactAttribute
{
    public RealDataFactAttribute()
    {
        if (RealData.SharedData is null)
            Skip = "../shared/data is not next to this repository.";
    }
}
