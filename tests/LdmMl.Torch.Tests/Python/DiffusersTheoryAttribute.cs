namespace LdmMl.Torch.Tests.Python;

/// <summary>
/// A theory that needs diffusers; reported as skipped where the environment variable <c>LDMML_DIFFUSERS_PYTHON</c> does not name a Python that has it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DiffusersTheoryAttribute : TheoryAttribute
{
    public DiffusersTheoryAttribute()
    {
        if (DiffusersPython.Path is null)
            Skip = $"{DiffusersPython.Variable} does not name a Python with diffusers.";
    }
}
