namespace LdmMl;

/// <summary>What happens when an image file cannot be read.</summary>
public enum ImageFileErrors
{
    /// <summary>It is an error that names the row, the file and the reason.</summary>
    Throw,

    /// <summary>The image is missing (null), and a warning in <c>MLContext.Log</c> names the row, the file and the reason.</summary>
    Missing,
}
