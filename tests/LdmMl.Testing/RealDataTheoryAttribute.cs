namespace LdmMl.Testing;

/// <summary>A theory that needs <c>../shared/data</c>; skipped if that folder is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDataTheoryAttribute : TheoryAttribute
{
    public RealDataTheoryAttribute()
    {
        if (RealData.SharedData is null)
            Skip = "../shared/data is not next to this repository.";
    }
}
