using LdmMl.Cli.Labelling;

namespace LdmMl.Cli.Tests.Labelling;

public sealed class LabelFileTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData("file\tlabel\na.png\tcat\nb.png\tdog & cat\n")]
    [InlineData("file,label\r\na.png,cat\r\nb.png,dog & cat\r\n")]
    [InlineData("a.png,cat\nb.png,\"dog & cat\"")]
    [InlineData("\uFEFFlabel,Filename\ncat,images/a.png\n\n\"dog & cat\" , images/b.png")]
    [InlineData("name\tkind\tlabel\nimages/a.png\tx\tcat\nb.png\ty\tdog & cat")]
    public void Tables_of_many_hands_say_the_same(string text) => Assert.Equal(["dog & cat", "cat"], Read(text).Of(["x/b.png", "x/a.png"]));

    [Fact]
    public void A_quoted_value_holds_commas_and_quotes() => Assert.Equal(["a \"big\", red cat"], Read("file,label\na.png,\"a \"\"big\"\", red cat\"").Of(["a.png"]));

    [Fact]
    public void A_column_can_be_chosen() => Assert.Equal(["tabby"], Read("file\tlabel\tbreed\na.png\tcat\ttabby", "breed").Of(["a.png"]));

    [Theory]
    [InlineData("a.png,cat\nb.png", null, "Line 2 of 'FILE' should name a file and its label: 'b.png'.")]
    [InlineData("a.png,cat\na.png,dog", null, "Line 2 of 'FILE' says that 'a.png' is 'dog'; an earlier one, 'cat'.")]
    [InlineData("file,label\na.png,cat", "breed", "--label-column is 'breed'; 'FILE' has 'file', 'label'.")]
    [InlineData("a.png,cat", "breed", "--label-column is 'breed', but the first line of 'FILE' names no columns: none of them is 'file'.")]
    [InlineData("file,label\nz.png,cat", null, "'FILE' has no label for 'a.png', 'b.png', 'c.png' and 1 more; add lines for them, or move them out of the folder.")]
    public void What_is_wrong_is_told(string text, string? column, string sentence) => Assert.Equal(
        sentence.Replace("FILE", file, StringComparison.Ordinal),
        Assert.Throws<InvalidDataException>(() => Read(text, column).Of(["a.png", "b.png", "c.png", "d.png"])).Message);

    [Fact]
    public void Some_labels_can_be_chosen_and_are_numbered_in_the_order_of_their_names()
    {
        var table = Read("a,owl\nb,cat\nc,ant\nd,cat");
        var some = LabelledFiles.Of(["a", "b", "c", "d"], table, ["owl", "cat"]);

        Assert.Equal(["a", "b", "d"], some.Files);
        Assert.Equal(["cat", "owl"], some.Names!);
        Assert.Equal([1, 0], some.Numbers([0, 2], some.Names)!);
        Assert.Equal(
            "--only is 'dog', which no image has; the labels are 'ant', 'cat', 'owl'.",
            Assert.Throws<InvalidDataException>(() => LabelledFiles.Of(["a", "b", "c", "d"], table, ["dog"])).Message);
    }

    private LabelFile Read(string text, string? column = null)
    {
        File.WriteAllText(file, text);
        return LabelFile.Read(new(file), column);
    }
}
