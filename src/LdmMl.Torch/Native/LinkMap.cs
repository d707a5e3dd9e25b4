using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>
/// The name under which the dynamic loader knows a library (<c>struct link_map</c> of <c>link.h</c>, of which a handle is the address).
/// A library requested by a known path is not loaded again.
/// </summary>
internal static class LinkMap
{
    // struct link_map { ElfW(Addr) l_addr; char *l_name; ... }
    private static readonly int NameOffset = IntPtr.Size;

    /// <summary>
    /// Registers a loaded library under another path, so that requests for that path return it: plugin hosts resolve TorchSharp's
    /// library to the file beside the plugin, which does not load on an older system.
    /// </summary>
    /// <param name="handle">The loaded library.</param>
    /// <param name="path">The path it was loaded from; nothing happens where the loader knows another.</param>
    /// <param name="name">The path to register it under.</param>
    public static unsafe void Rename(nint handle, string path, string name)
    {
        if (Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(handle, NameOffset)) != path)
            return;

        // The loader frees the name with the library, so it comes from the same allocator. The old one is lost; that happens once.
        var bytes = System.Text.Encoding.UTF8.GetBytes(name + '\0');
        var copy = NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        Marshal.WriteIntPtr(handle, NameOffset, (nint)copy);
    }
}
