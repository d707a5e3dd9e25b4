using System.Runtime.InteropServices;
using LdmMl.Torch.Native;

namespace LdmMl.Torch.Tests.Native;

public sealed class LinkMapTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("ldmml-link-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_library_is_found_under_its_new_name()
    {
        var (path, handle) = LoadLibraryOfItsOwn("own.so");
        var elsewhere = Path.Combine(folder, "elsewhere.so");
        Assert.False(NativeLibrary.TryLoad(elsewhere, out _));

        Assert.True(LinkMap.Rename(handle, path, elsewhere));

        Assert.Equal(elsewhere, LinkMap.NameOf(LinkMap.Find(handle)!.Value));
        Assert.True(NativeLibrary.TryLoad(elsewhere, out var found));
        Assert.Equal(handle, found);
    }

    [Fact]
    public void A_library_that_the_loader_knows_by_another_name_is_not_changed()
    {
        var (path, handle) = LoadLibraryOfItsOwn("other.so");

        Assert.False(LinkMap.Rename(handle, path + "x", Path.Combine(folder, "elsewhere.so")));
        Assert.Equal(path, LinkMap.NameOf(LinkMap.Find(handle)!.Value));
    }

    // A small library that nothing else has loaded from there.
    private (string Path, nint Handle) LoadLibraryOfItsOwn(string name)
    {
        var source = File.ReadLines("/proc/self/maps").Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .First(file => Path.GetFileName(file).StartsWith("libSystem.Native.so", StringComparison.Ordinal));
        var path = Path.Combine(folder, name);
        File.Copy(source, path);
        return (path, NativeLibrary.Load(path));
    }
}
