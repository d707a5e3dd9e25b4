namespace LdmMl.Testing;

/// <summary>A theory that needs <c>../shared/data</c>; reported as skipped where that folder is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDataTheoryAttribute : TheoryAttribute
{
    public RealDataTheoryAttribute()
    {
        if (RealData.SharedData is null)
            Skip = "../shared/data is not beside this repository.";
    }
}
