using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using LdmMl.Torch.Native;
using TorchSharp;

namespace LdmMl.Torch.Tests.Native;

public class TorchRuntimeTests
{
    [Fact]
    public void Libtorch_loads_and_computes()
    {
        TorchRuntime.EnsureLoaded();

        using var three = torch.ones(3).sum();
        Assert.Equal(3, three.item<float>());
    }

    [Fact]
    public void A_plugin_works_even_if_its_host_resolves_the_library_on_a_system_too_old_for_it()
    {
        var context = new PluginContext(typeof(TorchRuntime).Assembly.Location);
        var library = context.LoadFromAssemblyPath(typeof(TorchRuntime).Assembly.Location);
        Assert.NotSame(typeof(TorchRuntime).Assembly, library);
        library.GetType(typeof(TorchRuntime).FullName!)!.GetMethod(nameof(TorchRuntime.EnsureLoaded))!.Invoke(null, []);

        var ones = context.LoadFromAssemblyName(typeof(torch).Assembly.GetName()).GetType("TorchSharp.torch")!
            .GetMethods().First(method => method.Name == "ones" && method.GetParameters()[0].ParameterType == typeof(long[]));
        using var tensor = (IDisposable)ones.Invoke(null, [new long[] { 3 }, .. ones.GetParameters().Skip(1).Select(parameter => parameter.DefaultValue)])!;
        Assert.Equal("[3], type = Float32, device = cpu", tensor.ToString());
    }

    [Fact]
    public void TorchSharps_library_loads_by_its_path_even_on_a_system_too_old_for_it()
    {
        TorchRuntime.EnsureLoaded();
        var file = NativeFolders.Candidates().Select(folder => Path.Combine(folder, "libLibTorchSharp.so")).FirstOrDefault(File.Exists);

        Assert.True(file is null || NativeLibrary.TryLoad(file, out _), file);
    }

    [Fact]
    public void Missing_libraries_are_reported_with_the_package_and_the_folders()
    {
        var message = NativeFailures.NotDeployed(["one", "two"]);

        Assert.Equal(
            "The native libraries of TorchSharp are not next to this program. Add the package TorchSharp-cpu (or TorchSharp-cuda-linux) " +
            "to the executable's project and build again. Looked in: one, two.", message);
    }

    private sealed class PluginContext(string path) : AssemblyLoadContext("plugin")
    {
        private readonly string folder = Path.GetDirectoryName(path)!;

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            var file = Path.Combine(folder, assemblyName.Name + ".dll");
            return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName)
        {
            var file = Path.Combine(folder, $"lib{unmanagedDllName}.so");
            return File.Exists(file) ? LoadUnmanagedDllFromPath(file) : 0;
        }
    }
}
