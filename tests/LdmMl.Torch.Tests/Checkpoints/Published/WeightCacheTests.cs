using LdmMl.Torch.Checkpoints.Published;

namespace LdmMl.Torch.Tests.Checkpoints.Published;

public sealed class WeightCacheTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly byte[] content = Enumerable.Range(0, 5000).Select(value => (byte)value).ToArray();
    private readonly PublishedFile file;
    private readonly WeightCache cache;

    public WeightCacheTests()
    {
        file = SampleDownload.FileOf(content, new("https://example.com/"));
        cache = new(folder.File("weights"));
        Directory.CreateDirectory(Source);
    }

    private string Source => folder.File("source");

    private string Stored => Path.Combine(cache.Folder, "sample-file.pth");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Checking_does_not_create_the_folder()
    {
        var status = cache.Check(file);

        Assert.Equal((PublishedFileState.Missing, Stored, null, 0), (status.State, status.Path, status.Problem, status.PartLength));
        Assert.False(Directory.Exists(cache.Folder));
    }

    [Theory]
    [InlineData(4999, "it has 4,999 bytes instead of 5,000")]
    [InlineData(5000, "its SHA-256 begins with ")]
    public void A_damaged_file_is_detected(int length, string problem)
    {
        Directory.CreateDirectory(cache.Folder);
        File.WriteAllBytes(Stored, new byte[length]);

        var status = cache.Check(file);

        Assert.Equal(PublishedFileState.Damaged, status.State);
        Assert.StartsWith(problem, status.Problem, StringComparison.Ordinal);
        var error = Assert.Throws<InvalidDataException>(() => cache.Find(file));
        Assert.StartsWith(
            $"'{Stored}' is damaged: {status.Problem}. Run 'ldmml weights download sample', or, without a connection, download",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_reported_with_both_ways_to_get_it()
    {
        var error = Assert.Throws<FileNotFoundException>(() => cache.Find(file));

        Assert.Equal(
            $"'sample-file.pth' (a test) is not in the cache '{cache.Folder}'. Run 'ldmml weights download sample', or, without a connection, " +
            "download https://example.com/sample-file.pth on another machine, put the file into a folder here and run 'ldmml weights import FOLDER'.",
            error.Message);
    }

    [Theory]
    [InlineData("sample-file.pth")]
    [InlineData("OTHER.pth")]
    [InlineData("hub/checkpoints/sample-file.pth")]
    public void Import_finds_files_by_their_names_and_copies_them(string name)
    {
        var path = Put(name, content);

        var imported = Assert.Single(cache.Import(Source, [file]));

        Assert.Equal(path, imported.Source);
        Assert.Equal(content, File.ReadAllBytes(cache.Find(file)));
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void Import_goes_by_content_not_by_name()
    {
        var wrong = Put("other.pth", new byte[5000]);
        var right = Put("v0.1/other.pth", content);

        var imported = Assert.Single(cache.Import(Source, [file]));

        Assert.Equal(right, imported.Source);
        Assert.StartsWith($"'{wrong}': its SHA-256 begins with ", Assert.Single(imported.Refused), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_ignores_damaged_files()
    {
        Put("sample-file.pth", content[..100]);

        var imported = Assert.Single(cache.Import(Source, [file]));

        Assert.Null(imported.Source);
        Assert.EndsWith("it has 100 bytes instead of 5,000", Assert.Single(imported.Refused), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(cache.Folder));
    }

    [Fact]
    public void Import_replaces_a_damaged_file_and_leaves_no_other()
    {
        Directory.CreateDirectory(cache.Folder);
        File.WriteAllText(Stored, "planted");
        Put("sample-file.pth", content);

        cache.Import(Source, [file]);

        Assert.Equal(content, File.ReadAllBytes(cache.Find(file)));
        Assert.Single(Directory.GetFiles(cache.Folder));
    }

    [Fact]
    public void Import_of_the_cache_itself_changes_nothing()
    {
        Put("sample-file.pth", content);
        cache.Import(Source, [file]);

        Assert.Equal(Stored, Assert.Single(cache.Import(cache.Folder, [file])).Source);
        Assert.Equal(content, File.ReadAllBytes(Stored));
    }

    [Fact]
    public void Import_from_a_missing_folder_is_refused()
    {
        var error = Assert.Throws<DirectoryNotFoundException>(() => cache.Import(folder.File("nowhere")));

        Assert.Equal($"The folder '{folder.File("nowhere")}' does not exist.", error.Message);
    }

    [RealDataFact]
    public void Published_heads_are_recognised()
    {
        var imported = cache.Import(Path.Combine(RealData.SharedData!, "lpips-heads"));

        var names = imported.Where(found => found.Source is not null).Select(found => found.File.Name);
        Assert.Equal(["lpips-alex", "lpips-squeeze", "lpips-vgg"], names.Order(StringComparer.Ordinal));
        Assert.Equal(PublishedFileState.Present, cache.Check(PublishedFiles.LpipsVgg).State);
    }

    private string Put(string name, byte[] bytes)
    {
        var path = Path.Combine(Source, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
