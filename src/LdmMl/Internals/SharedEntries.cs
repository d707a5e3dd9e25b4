using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace LdmMl.Internals;

/// <summary>
/// Files in a model file that several transformers of a chain share: written once, and read once as long as the result is in use.
/// </summary>
internal static class SharedEntries
{
    private static readonly ConditionalWeakTable<RepositoryWriter, Dictionary<object, string>> Written = [];
    private static readonly ConditionalWeakTable<RepositoryReader, Dictionary<string, WeakReference<object>>> Held = [];

    /// <summary>Returns the folder of what <paramref name="key"/> identifies; <paramref name="write"/> writes it unless it exists already.</summary>
    public static string Write(RepositoryWriter repository, string prefix, object key, Action<string> write)
    {
        var folders = Written.GetOrCreateValue(repository);
        if (folders.TryGetValue(key, out var folder))
            return folder;
        folder = $"{prefix}{folders.Count}";
        write(folder);
        folders.Add(key, folder);
        return folder;
    }

    /// <summary>Remembers what was read from a folder, for as long as something else references it.</summary>
    public static void Hold(RepositoryReader repository, string folder, object value) =>
        Held.GetOrCreateValue(repository)[folder] = new WeakReference<object>(value);

    /// <summary>Finds what was read from a folder, or null.</summary>
    public static object? Find(RepositoryReader repository, string folder) =>
        Held.TryGetValue(repository, out var values)
            && values.TryGetValue(folder, out var value)
            && value.TryGetTarget(out var target) ? target : null;
}
