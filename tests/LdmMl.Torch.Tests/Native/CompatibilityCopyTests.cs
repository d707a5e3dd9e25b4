using LdmMl.Torch.Native;

namespace LdmMl.Torch.Tests.Native;

public sealed class CompatibilityCopyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("ldmml-copy-").FullName;
    private static readonly string Library = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Copy_differs_from_the_original_in_the_weak_flag_alone()
    {
        var original = File.ReadAllBytes(Library);

        var copy = File.ReadAllBytes(CompatibilityCopy.Create(Library, [folder]));

        Assert.Equal(original.Length, copy.Length);
        Assert.Equal(1, original.Zip(copy).Count(pair => pair.First != pair.Second));
        Assert.Equal(original, File.ReadAllBytes(Library));
    }

    [Fact]
    public void Second_call_finds_the_copy_of_the_first()
    {
        var first = CompatibilityCopy.Create(Library, [folder]);
        var written = File.GetLastWriteTimeUtc(first);

        Assert.Equal(first, CompatibilityCopy.Create(Library, [folder]));
        Assert.Equal(written, File.GetLastWriteTimeUtc(first));
    }

    [Fact]
    public void Callers_at_the_same_time_get_one_whole_file()
    {
        var paths = new string[16];
        Parallel.For(0, paths.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            index => paths[index] = CompatibilityCopy.Create(Library, [folder]));

        var path = Assert.Single(paths.Distinct());
        Assert.Equal(path, Assert.Single(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)));
        Assert.Equal(new FileInfo(Library).Length, new FileInfo(path).Length);
    }

    [Fact]
    public void File_with_other_content_in_its_place_is_replaced()
    {
        var path = CompatibilityCopy.Create(Library, [folder]);
        File.WriteAllText(path, "planted");

        CompatibilityCopy.Create(Library, [folder]);

        Assert.Equal(new FileInfo(Library).Length, new FileInfo(path).Length);
    }

    [Fact]
    public void Unwritable_folder_is_skipped()
    {
        var file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");

        var path = CompatibilityCopy.Create(Library, [Path.Combine(file, "below"), folder]);

        Assert.StartsWith(folder, path, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_writable_folder_the_message_names_them_and_the_cure()
    {
        var file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        var below = Path.Combine(file, "below");

        var error = Assert.Throws<IOException>(() => CompatibilityCopy.Create(Library, [below]));

        Assert.Contains($"none of these folders can be written: {below}. Make one of them writable, or set XDG_CACHE_HOME", error.Message, StringComparison.Ordinal);
    }
}
