using System.Reflection;

namespace LdmMl.Cli.Output;

/// <summary>The version of the tool and of the library, which go together.</summary>
internal static class ToolVersion
{
    public static string Text { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
