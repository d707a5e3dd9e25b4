namespace LdmMl.Cli.Pipelines;

/// <summary>A row of the pipelines' input.</summary>
internal sealed class ImagePath
{
    public string Path { get; set; } = "";
}
