namespace LdmMl.Torch.Tests.Python;

/// <summary>
/// A test that needs diffusers; skipped if the environment variable <c>LDMML_DIFFUSERS_PYTHON</c> does not name a Python with diffusers.
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
