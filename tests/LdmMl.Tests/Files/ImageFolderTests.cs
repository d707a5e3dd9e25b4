using LdmMl.Files;

namespace LdmMl.Tests.Files;

public sealed class ImageFolderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ldmml-folder-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Images_with_every_extension_in_any_case_are_found_in_all_folders_in_order_of_their_names()
    {
        Add("b.PNG", "a.jfif", "sub/c.Jpe", "sub/deep/d.JPEG", "e.webp", "f.bmp", "g.gif", "h.jpg");

        Assert.Equal(
            ["a.jfif", "b.PNG", "e.webp", "f.bmp", "g.gif", "h.jpg", "sub/c.Jpe", "sub/deep/d.JPEG"], ImageFolder.Open("path", folder).Names);
    }

    [Fact]
    public void Hidden_files_and_those_that_macOS_adds_are_skipped()
    {
        Add("a.png", "._a.png", ".DS_Store", ".thumbnails/a.png", "__MACOSX/a.png");

        var images = ImageFolder.Open("path", folder);

        Assert.Equal(["a.png"], images.Names);
        Assert.Empty(images.Others);
    }

    [Fact]
    public void Other_files_are_listed()
    {
        Add("a.png", "notes.txt", "sub/b.psd");

        Assert.Equal([Inside("notes.txt"), Inside("sub/b.psd")], ImageFolder.Open("path", folder).Others);
    }

    [Fact]
    public void A_part_of_the_images_can_be_selected()
    {
        Add("a.png", "b.png", "sub/c.png");

        var kept = ImageFolder.Open("path", folder).Keep([Inside("b.png"), Inside("sub/c.png")]);

        Assert.Equal(["b.png", "sub/c.png"], kept.Names);
        Assert.Equal(1, kept.LeftOut);
    }

    [Fact]
    public void A_link_to_a_parent_folder_does_not_duplicate_images()
    {
        Add("a.png", "sub/b.png");
        Directory.CreateSymbolicLink(Inside("sub/loop"), folder.FullName);
        Directory.CreateSymbolicLink(Inside("itself"), Inside("itself"));

        Assert.Equal(["a.png", "sub/b.png"], ImageFolder.Open("path", folder).Names);
    }

    [Fact]
    public void A_folder_and_a_link_to_it_count_once_and_a_link_to_another_folder_is_followed()
    {
        Add("here/sub/a.png", "elsewhere/b.png");
        Directory.CreateSymbolicLink(Inside("here/again"), Inside("here/sub"));
        Directory.CreateSymbolicLink(Inside("here/other"), Inside("elsewhere"));
        File.CreateSymbolicLink(Inside("here/one.png"), Inside("here/sub/a.png"));
        File.CreateSymbolicLink(Inside("here/nothing.png"), Inside("nowhere.png"));
        Directory.CreateSymbolicLink(Inside("link"), Inside("here"));

        Assert.Equal(["other/b.png", "sub/a.png"], ImageFolder.Open("path", new(Inside("here"))).Names);
        Assert.Equal(["other/b.png", "sub/a.png"], ImageFolder.Open("path", new(Inside("link"))).Names);
    }

    [Fact]
    public void A_file_and_a_missing_path_are_refused_with_different_messages()
    {
        Add("a.png", "empty/notes.txt");

        Assert.Equal($"path is '{Inside("a.png")}', which is a file; name the folder of the images.", Refusal(Inside("a.png")));
        Assert.Equal($"path is '{Inside("none")}', but there is no such folder.", Refusal(Inside("none")));
        Assert.StartsWith($"The folder '{Inside("empty")}' holds no image: no file in it ends with .png, .jpg", Refusal(Inside("empty")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_with_Windows_separators_is_accepted()
    {
        Add("photos/summer/a.png");

        Assert.Equal(["a.png"], ImageFolder.Open("path", new($"{folder.FullName}/photos\\summer")).Names);
    }

    private static string Refusal(string path) => Assert.ThrowsAny<IOException>(() => ImageFolder.Open("path", new(path))).Message;

    private string Inside(string name) => Path.Combine(folder.FullName, name);

    private void Add(params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Inside(name))!);
            File.WriteAllText(Inside(name), "");
        }
    }
}
