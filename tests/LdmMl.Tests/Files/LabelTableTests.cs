using LdmMl.Files;
using LdmMl.Torch.Arguments;

namespace LdmMl.Tests.Files;

public sealed class LabelTableTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    private readonly DirectoryInfo images = Directory.CreateTempSubdirectory("ldmml-labels-");

    public void Dispose()
    {
        File.Delete(file);
        images.Delete(recursive: true);
    }

    [Theory]
    [InlineData("file\tlabel\na.png\tcat\nb.png\tdog & cat\n")]
    [InlineData("file,label\r\na.png,cat\r\nb.png,dog & cat\r\n")]
    [InlineData("a.png,cat\nb.png,\"dog & cat\"")]
    [InlineData("\uFEFFlabel,Filename\ncat,images/a.png\n\n\"dog & cat\" , images/b.png")]
    [InlineData("name\tkind\tlabel\nimages/a.png\tx\tcat\nb.png\ty\tdog & cat")]
    [InlineData("file;label\na.png;cat\nb.png;\"dog & cat\"")]
    [InlineData("a.png;cat\nb.png;dog & cat")]
    [InlineData("file,label\nC:\\images\\a.png,cat\nimages\\b.png,dog & cat")]
    public void Tables_in_many_styles_give_the_same_labels(string text) => Assert.Equal(["dog & cat", "cat"], Read(text).Of(["x/b.png", "x/a.png"]));

    [Fact]
    public void A_quoted_value_can_contain_commas_and_quotes() => Assert.Equal(["a \"big\", red cat"], Read("file,label\na.png,\"a \"\"big\"\", red cat\"").Of(["a.png"]));

    [Fact]
    public void A_column_can_be_chosen() => Assert.Equal(["tabby"], Read("file\tlabel\tbreed\na.png\tcat\ttabby", "breed").Of(["a.png"]));

    [Theory]
    [InlineData("a.png,cat\nb.png", "Line 2 of 'FILE' should name a file and its label: 'b.png'.")]
    [InlineData("a.png,cat\na.png,dog", "Line 2 of 'FILE' says that 'a.png' is 'dog', but an earlier one says 'cat'.")]
    [InlineData("file,label\nz.png,cat", "'FILE' has no label for 'a.png', 'b.png', 'c.png' and 1 more; add lines for them, or move them out of the folder.")]
    public void Errors_are_explained(string text, string sentence) => Assert.Equal(
        sentence.Replace("FILE", file, StringComparison.Ordinal),
        Assert.Throws<InvalidDataException>(() => Read(text).Of(["a.png", "b.png", "c.png", "d.png"])).Message);

    [Theory]
    [InlineData("file,label\na.png,cat", "labelColumn is 'breed'; 'FILE' has 'file', 'label'.")]
    [InlineData("a.png,cat", "labelColumn is 'breed'; the first line of 'FILE' names no columns: none of them is 'file'.")]
    public void A_missing_column_is_refused_by_name(string text, string sentence) => Assert.Equal(
        sentence.Replace("FILE", file, StringComparison.Ordinal), Assert.Throws<OptionException>(() => Read(text, "breed")).Message);

    [Fact]
    public void A_part_of_the_labels_can_be_selected_and_is_sorted_by_name()
    {
        var folder = Folder("a.png", "b.png", "c.png", "d.png");
        var some = LabelledFiles.Of(folder, Read("a.png,owl\nb.png,cat\nc.png,ant\nd.png,cat")).Keep(new HashSet<string> { "owl", "cat" });

        Assert.Equal(["a.png", "b.png", "d.png"], some.Paths.Select(folder.NameOf));
        Assert.Equal(["owl", "cat", "cat"], some.Labels!);
        Assert.Equal(["cat", "owl"], some.Names!);
    }

    [Fact]
    public void Images_with_the_same_name_in_two_folders_have_separate_labels()
    {
        var table = Read("file,label\ncats/1.png,cat\ndogs\\1.png,dog");

        Assert.Equal(["cat", "dog"], table.Of(["cats/1.png", "dogs/1.png"]));
        Assert.Equal(["dog"], table.Of(["photos/dogs/1.png"]));
        Assert.Contains(
            "include their folders in the table", Assert.Throws<InvalidDataException>(() => table.Of(["1.png/1.png", "birds/1.png"])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_is_not_UTF8_is_refused_with_the_line()
    {
        File.WriteAllBytes(file, [.. "file,label\na.png,cat\nb.png,B"u8, 0xE4, .. "r\n"u8]);

        Assert.Equal(
            $"Line 3 of '{file}' is not UTF-8 text; save the table as UTF-8.",
            Assert.Throws<InvalidDataException>(() => LabelTable.Read(new(file), null)).Message);
    }

    [Fact]
    public void A_table_in_UTF16_with_a_byte_order_mark_is_read()
    {
        File.WriteAllText(file, "file,label\na.png,Bär", System.Text.Encoding.Unicode);

        Assert.Equal(["Bär"], LabelTable.Read(new(file), null).Of(["a.png"]));
    }

    [Fact]
    public void Folders_are_labels_on_request()
    {
        var folder = Folder("cats/1.png", "dogs/1.png", "cats/young/2.png");
        var files = LabelledFiles.ByFolder(folder);

        Assert.Equal(["cat/1", "cat/2", "dog/1"], files.Paths.Zip(files.Labels!, (path, label) => $"{label[..3]}/{Path.GetFileName(path)[..1]}"));
        Assert.Equal(["cats", "dogs"], files.Names!);
        Assert.Contains(
            "'stray.png' is in", Assert.Throws<InvalidDataException>(() => LabelledFiles.ByFolder(Folder("stray.png"))).Message,
            StringComparison.Ordinal);
    }

    private ImageFolder Folder(params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(images.FullName, name))!);
            File.WriteAllText(Path.Combine(images.FullName, name), "");
        }

        return ImageFolder.Open("path", images);
    }

    private LabelTable Read(string text, string? column = null)
    {
        File.WriteAllText(file, text);
        return LabelTable.Read(new(file), column);
    }
}
