using LdmMl.Cli.Pipelines;

namespace LdmMl.Cli.Tests.Pipelines;

public sealed class ImageFoldersTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ldmml-folder-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Other_files_are_counted()
    {
        Assert.Equal(
            $"6 files of '{folder}' are not images by name (without extension, .psd, .mp4 and others).",
            ErrorsOfOpening("a.png", "notes.txt", "b.psd", "c.psd", "README", "d.mp4", "e.svg"));
    }

    [Fact]
    public void Hidden_files_and_those_that_macOS_adds_are_skipped_silently() =>
        Assert.Equal("", ErrorsOfOpening("a.png", "._a.png", ".DS_Store"));

    private string ErrorsOfOpening(params string[] names)
    {
        foreach (var name in names)
            File.WriteAllText(Path.Combine(folder.FullName, name), "");
        using var streams = ConsoleCapture.Begin();
        ImageFolders.Open("--images", folder);
        return streams.Errors.Trim();
    }
}
