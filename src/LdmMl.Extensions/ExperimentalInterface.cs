namespace LdmMl.Extensions;

/// <summary>
/// <c>IImageGenerator</c> is marked as experimental by its own package. What shows it here is marked with the same identifier, so that whoever uses
/// it decides once, in the project, that the interface may still change; this package does not decide that for anybody.
/// </summary>
internal static class ExperimentalInterface
{
    public const string Id = "MEAI001";

    public const string Page = "https://aka.ms/dotnet-extensions-warnings/{0}";
}
