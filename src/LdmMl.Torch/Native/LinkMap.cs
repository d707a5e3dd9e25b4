using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>
/// The name under which the dynamic loader knows a library (<c>struct link_map</c> of glibc's <c>link.h</c>).
/// A library requested by a known path is not loaded again.
/// </summary>
/// <remarks>
/// It is the only place where this library can intervene: TorchSharp asks .NET for its library by name and continues by itself if that fails, .NET
/// asks the host of a
/// plugin, and neither asks a resolver (<see cref="NativeLibrary.SetDllImportResolver"/>) on that way. The structure's public part has not changed
/// since glibc 2.0, and the loader itself provides its address. The name is exchanged by a single store between two strings that both stay alive:
/// whoever reads it
/// at that moment sees one of them.
/// </remarks>
internal static unsafe class LinkMap
{
    private const int AskForLinkMap = 2;   // RTLD_DI_LINKMAP of dlfcn.h

    // struct link_map { ElfW(Addr) l_addr; char *l_name; ... }
    private static readonly int NameOffset = IntPtr.Size;

    /// <summary>
    /// Registers a loaded library under another path, so that requests for that path return it: plugin hosts resolve TorchSharp's
    /// library to the file next to the plugin, which does not load on an older system.
    /// </summary>
    /// <param name="handle">The loaded library, which is never unloaded.</param>
    /// <param name="path">The path it was loaded from; nothing happens if the loader knows another.</param>
    /// <param name="name">The path to register it under.</param>
    /// <returns>Whether it is registered.</returns>
    public static bool Rename(nint handle, string path, string name)
    {
        if (Find(handle) is not { } map || NameOf(map) != path)
            return false;

        // The loader would free the name with the library, so it comes from the same allocator. The old one is lost: somebody may be reading it.
        var bytes = System.Text.Encoding.UTF8.GetBytes(name + '\0');
        var copy = NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        Volatile.Write(ref *(nint*)(map + NameOffset), (nint)copy);
        return true;
    }

    /// <summary>Gets the path under which the loader has registered a library; null if unknown.</summary>
    internal static string? NameOf(nint map) => Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(map, NameOffset));

    /// <summary>Gets the loader's structure of a library; null if there is none.</summary>
    internal static nint? Find(nint handle)
    {
        // Before glibc 2.34 it is in libdl; later, that library leads to libc.
        if (!NativeLibrary.TryLoad("libdl.so.2", out var loader) || !NativeLibrary.TryGetExport(loader, "dlinfo", out var function))
            return null;
        nint map = 0;
        var ask = (delegate* unmanaged<nint, int, nint*, int>)function;
        return ask(handle, AskForLinkMap, &map) == 0 && map != 0 ? map : null;
    }
}
