using System.Diagnostics;
using System.Globalization;

namespace LdmMl.Torch.Tests.Training;

/// <summary>A file system in memory with a given size; only the root user can mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private static readonly Lazy<string?> Missing = new(FindMissing);

    /// <summary>Mounts a file system.</summary>
    /// <param name="bytes">Its size.</param>
    public SmallDisk(long bytes)
    {
        Path = Directory.CreateTempSubdirectory("ldmml-disk-").FullName;
        Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={bytes}"), "tmpfs", Path);
    }

    /// <summary>Gets what this machine lacks to mount one; null for nothing.</summary>
    public static string? WhatIsMissing => Missing.Value;

    /// <summary>Gets the folder of its root.</summary>
    public string Path { get; }

    /// <summary>Makes the file system read-only, as happens on a failing disk.</summary>
    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Path);

    /// <summary>Makes it writable again.</summary>
    public void MakeWritable() => Run("mount", "-o", "remount,rw", Path);

    /// <summary>Fills it completely.</summary>
    /// <returns>The file that fills it.</returns>
    public string Fill()
    {
        var file = System.IO.Path.Combine(Path, "filler");
        try
        {
            using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true)
                stream.Write(new byte[4096]);
        }
        catch (IOException)
        {
            return file;
        }
    }

    public void Dispose()
    {
        Run("umount", Path);
        Directory.Delete(Path);
    }

    private static string? FindMissing()
    {
        try
        {
            new SmallDisk(1 << 16).Dispose();
            return null;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return error.Message;
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed: {errors.Trim()}");
    }
}

/// <summary>A test on a separate file system; skipped if none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (SmallDisk.WhatIsMissing is { } missing)
            Skip = $"A small file system cannot be mounted here: {missing}";
    }
}
