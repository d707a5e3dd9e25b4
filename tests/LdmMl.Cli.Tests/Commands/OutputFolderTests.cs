namespace LdmMl.Cli.Tests.Commands;

/// <summary>Output that cannot be written is refused before any work, not after it.</summary>
public sealed class OutputFolderTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddModel().AddImages();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Output_below_a_file_is_refused_before_training()
    {
        File.WriteAllText(files.File("text"), "");

        var run = ToolRun.Start("train", "autoencoder", "--images", files.Images, "--out", Path.Combine(files.File("text"), "model"));

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            $"--out needs the folder '{Path.Combine(files.File("text"), "model")}', which cannot be created or written: '{files.File("text")}' is a file. Choose another.",
            run.Errors.Trim());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/.")]
    [InlineData("/out")]
    public void Output_among_the_images_is_refused(string ending)
    {
        var run = ToolRun.Start("reconstruct", "--model", files.Model, "--images", files.Images, "--out", files.Images + ending);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("the folder of the images", run.Errors, StringComparison.Ordinal);
        Assert.Equal(3, Directory.EnumerateFileSystemEntries(files.Images).Count());
    }

    [Fact]
    public void A_folder_as_JSON_file_is_refused_before_any_work()
    {
        var run = ToolRun.Start("reconstruct", "--model", files.Model, "--images", files.Images, "--out", files.Out, "--json", files.Folder);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal($"--json is '{files.Folder}', which is a folder; give a file.", run.Errors.Trim());
        Assert.False(Directory.Exists(files.Out));
    }
}
