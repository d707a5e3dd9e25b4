using System.Globalization;

namespace LdmMl.Torch.Kernels;

/// <summary>The sizes of the processor's caches in bytes.</summary>
internal static class CacheSizes
{
    private const string Folder = "/sys/devices/system/cpu/cpu0/cache";

    /// <summary>Gets the size of the second level, which is private to a core; 1 MiB where it is not known.</summary>
    public static long SecondLevel { get; } = Read(level: 2) ?? 1 << 20;

    /// <summary>Gets the size of the third level, which cores share; 16 MiB where it is not known.</summary>
    public static long ThirdLevel { get; } = Read(level: 3) ?? 16 << 20;

    private static long? Read(int level)
    {
        if (!Directory.Exists(Folder))
            return null;
        var wanted = level.ToString(CultureInfo.InvariantCulture);
        var sizes =
            from index in Directory.EnumerateDirectories(Folder, "index*")
            where TextOf(index, "level") == wanted
            select TextOf(index, "size");
        var text = sizes.FirstOrDefault() ?? "";
        return text.EndsWith('K') && long.TryParse(text[..^1], CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes << 10 : null;
    }

    private static string TextOf(string index, string file)
    {
        var path = Path.Combine(index, file);
        return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
    }
}
