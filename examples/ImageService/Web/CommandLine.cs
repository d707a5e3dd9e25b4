namespace ImageService.Web;

/// <summary>The command line: settings, as <c>--Service:QueueCapacity=32</c>. Configuration ignores what it does not know; this does not.</summary>
internal static class CommandLine
{
    private static readonly string[] Known =
        ["urls", "contentRoot", "environment", "AllowedHosts", "LatentDiffusion", "Service", "Logging", "Kestrel"];

    /// <summary>Describes the first argument that is not understood; null if there is none.</summary>
    public static string? FaultOf(IEnumerable<string> arguments) => arguments.Select(FaultOf).FirstOrDefault(fault => fault is not null);

    private static string? FaultOf(string argument)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal) || !argument.Contains('=', StringComparison.Ordinal))
            return $"'{argument}' is not understood; write settings as --NAME=VALUE, such as --Service:QueueCapacity=32.";
        var name = argument[2..argument.IndexOf('=', StringComparison.Ordinal)];
        return Known.Contains(name.Split(':')[0], StringComparer.OrdinalIgnoreCase)
            ? null : $"There is no setting '{name}'; the first part of its name must be one of {string.Join(", ", Known)}.";
    }
}
