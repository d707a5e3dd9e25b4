namespace LdmMl.Tests.Images;

/// <summary>A fact about captions; skipped where no font is installed to draw them with.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FontFactAttribute : FactAttribute
{
    public FontFactAttribute()
    {
        if (!ImageGrid.CanDrawCaptions)
            Skip = "No font is installed.";
    }
}
