namespace LdmMl.Tests.Images;

/// <summary>A test of captions; skipped if no font is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FontFactAttribute : FactAttribute
{
    public FontFactAttribute()
    {
        if (!ImageGrid.CanDrawCaptions)
            Skip = "No font is installed.";
    }
}
