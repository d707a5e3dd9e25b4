using System.Reflection;
using System.Runtime.Loader;

// A host that does not reference LdmMl: it loads a library that does, with all dependencies, long after it started.
var context = new PluginContext(args[0]);
var journey = context.LoadFromAssemblyPath(args[0]).GetType("Journey")!;
journey.GetMethod(args[1])!.Invoke(null, [args[2]]);

internal sealed class PluginContext(string path) : AssemblyLoadContext("plugin")
{
    private readonly AssemblyDependencyResolver resolver = new(path);

    protected override Assembly? Load(AssemblyName name) => resolver.ResolveAssemblyToPath(name) is { } file ? LoadFromAssemblyPath(file) : null;

    protected override nint LoadUnmanagedDll(string name) => resolver.ResolveUnmanagedDllToPath(name) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
}
