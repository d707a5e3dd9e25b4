namespace LdmMl.Torch.Tests.Python;

/// <summary>
/// A theory that needs diffusers; skipped if the environment variable <c>LDMML_DIFFUSERS_PYTHON</c> does not name a Python with diffusers.
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
