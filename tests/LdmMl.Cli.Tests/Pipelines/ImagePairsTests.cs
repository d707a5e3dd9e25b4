using LdmMl.Cli.Pipelines;
using LdmMl.Files;

namespace LdmMl.Cli.Tests.Pipelines;

public sealed class ImagePairsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ldmml-tool-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Names_that_differ_only_in_their_extension_are_pairs()
    {
        var pairs = Find(["a.png", "b.jpg", "sub/c.JPG", "notes.txt"], ["a.png", "b.jpg.png", "sub/c.webp"]);

        Assert.Equal(["a.png > a.png", "b.jpg > b.jpg.png", "sub/c.JPG > sub/c.webp"], Names(pairs));
        Assert.Empty(pairs.WithoutCandidate.Concat(pairs.WithoutReference));
    }

    [Fact]
    public void Equal_names_take_precedence_and_an_ambiguous_name_matches_nothing()
    {
        var pairs = Find(["a.png", "a.jpg", "b.png", "b.jpg"], ["a.png", "b.webp", "d.png"]);

        Assert.Equal(["a.png > a.png"], Names(pairs));
        Assert.Equal(["a.jpg", "b.jpg", "b.png"], pairs.WithoutCandidate);
        Assert.Equal(["b.webp", "d.png"], pairs.WithoutReference);
    }

    [Fact]
    public void A_subfolder_is_part_of_the_name()
    {
        var error = Assert.Throws<FileNotFoundException>(() => Find(["one/a.png"], ["two/a.png"]));

        Assert.EndsWith("the first of 1 there is 'one/a.png', the first of 1 here 'two/a.png'.", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(ImagePairs pairs) => pairs.Pairs.Select(pair => $"{pair.Name} > {Inside(pair.Candidate)}");

    private static string Inside(string path) => path[(path.IndexOf("/candidates/", StringComparison.Ordinal) + "/candidates/".Length)..];

    private ImagePairs Find(string[] references, string[] candidates) => 
        ImagePairs.Find(ImageFolder.Open("--reference", Create("references", references)), ImageFolder.Open("--candidate", Create("candidates", candidates)));

    private DirectoryInfo Create(string name, string[] files)
    {
        foreach (var file in files.Select(file => new FileInfo(Path.Combine(folder.FullName, name, file))))
        {
            file.Directory!.Create();
            file.Create().Dispose();
        }

        return new DirectoryInfo(Path.Combine(folder.FullName, name));
    }
}
