using LdmMl.Torch.Native;

namespace LdmMl.Torch.Tests.Native;

public sealed class CompatibilityCopyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("ldmml-copy-").FullName;
    private static readonly string Library = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_copy_differs_from_the_original_only_in_the_weak_flag()
    {
        var original = File.ReadAllBytes(Library);

        var copy = File.ReadAllBytes(CompatibilityCopy.Create(Library, [folder]));

        Assert.Equal(original.Length, copy.Length);
        Assert.Equal(1, original.Zip(copy).Count(pair => pair.First != pair.Second));
        Assert.Equal(original, File.ReadAllBytes(Library));
    }

    [Fact]
    public void A_second_call_finds_the_copy_of_the_first()
    {
        var first = CompatibilityCopy.Create(Library, [folder]);
        var written = File.GetLastWriteTimeUtc(first);

        Assert.Equal(first, CompatibilityCopy.Create(Library, [folder]));
        Assert.Equal(written, File.GetLastWriteTimeUtc(first));
    }

    [Fact]
    public void Concurrent_callers_get_one_complete_file()
    {
        var paths = new string[16];
        Parallel.For(0, paths.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            index => paths[index] = CompatibilityCopy.Create(Library, [folder]));

        var path = Assert.Single(paths.Distinct());
        Assert.Equal(path, Assert.Single(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)));
        Assert.Equal(new FileInfo(Library).Length, new FileInfo(path).Length);
    }

    [Fact]
    public void A_file_with_other_content_is_replaced()
    {
        var path = CompatibilityCopy.Create(Library, [folder]);
        File.WriteAllText(path, "planted");

        CompatibilityCopy.Create(Library, [folder]);

        Assert.Equal(new FileInfo(Library).Length, new FileInfo(path).Length);
    }

    [Fact]
    public void An_unwritable_folder_is_skipped()
    {
        var file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");

        var path = CompatibilityCopy.Create(Library, [Path.Combine(file, "below"), folder]);

        Assert.StartsWith(folder, path, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_writable_folder_the_message_names_them_and_the_remedy()
    {
        var file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        var below = Path.Combine(file, "below");

        var error = Assert.Throws<IOException>(() => CompatibilityCopy.Create(Library, [below]));

        Assert.Contains($"none of these folders can be written: {below}. Make one of them writable, or set XDG_CACHE_HOME", error.Message, StringComparison.Ordinal);
    }
}
