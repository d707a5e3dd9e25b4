using System.Runtime.InteropServices;
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
    public void The_library_of_TorchSharp_loads_by_its_path_even_where_the_system_is_too_old_for_the_file()
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
            "The native libraries of TorchSharp are not beside this program. Add the package TorchSharp-cpu (or TorchSharp-cuda-linux) " +
            "to the executable's project and build again. Looked in: one, two.", message);
    }
}
