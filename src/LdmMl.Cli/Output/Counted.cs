namespace LdmMl.Cli.Output;

/// <summary>Numbers of things.</summary>
internal static class Counted
{
    /// <summary>Says how many there are: <c>1 image</c>, <c>2 images</c>.</summary>
    public static string Of(int count, string thing) => $"{count} {(count == 1 ? thing : $"{thing}s")}";
}
