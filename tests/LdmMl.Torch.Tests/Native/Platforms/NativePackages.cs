using System.Reflection;

namespace LdmMl.Torch.Tests.Native.Platforms;

/// <summary>The restored packages that contain native libraries.</summary>
internal static class NativePackages
{
    private static readonly string Root = typeof(NativePackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == "NuGetPackageRoot").Value!;

    /// <summary>Finds a library; null if its package is not restored.</summary>
    public static string? Find(string package, string version, string runtime, string file)
    {
        var path = Path.Combine(Root, package, version, "runtimes", runtime, "native", file);
        return File.Exists(path) ? path : null;
    }

    /// <summary>Gets the managed library of a package.</summary>
    public static string Managed(string package, string version, string file) => Path.Combine(Root, package, version, "lib", "net10.0", file);
}
