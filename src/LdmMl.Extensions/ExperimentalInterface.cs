namespace LdmMl.Extensions;

/// <summary>
/// <c>IImageGenerator</c> is marked as experimental by its own package. Members that expose it here have the same diagnostic ID, so that each project
/// that uses it decides once to accept that the interface may still change; this package does not decide it for anybody.
/// </summary>
internal static class ExperimentalInterface
{
    public const string Id = "MEAI001";

    public const string Page = "https://aka.ms/dotnet-extensions-warnings/{0}";
}
