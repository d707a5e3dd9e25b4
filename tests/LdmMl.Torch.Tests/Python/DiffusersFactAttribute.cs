namespace LdmMl.Torch.Tests.Python;

/// <summary>
/// A fact that needs diffusers; reported as skipped where the environment variable <c>LDMML_DIFFUSERS_PYTHON</c> does not name a Python that has it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DiffusersFactAttribute : FactAttribute
{
    public DiffusersFactAttribute()
    {
        if (DiffusersPython.Path is null)
            Skip = $"{DiffusersPython.Variable} does not name a Python with diffusers.";
    }
}
