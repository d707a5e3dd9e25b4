using LdmMl.Testing;
using LdmMl.Torch.Arguments;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Files;

public sealed class LoadImageFolderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ldmml-folder-");
    private readonly LatentDiffusionCatalog catalog = new MLContext().LatentDiffusion();

    public LoadImageFolderTests()
    {
        foreach (var name in new[] { "cats/1.png", "dogs/1.png", "dogs/2.jpg" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Inside(name))!);
            File.WriteAllText(Inside(name), "");
        }
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Images_of_all_folders_are_rows_with_their_path()
    {
        var rows = catalog.LoadImageFolder(folder.FullName);

        Assert.Equal([Inside("cats/1.png"), Inside("dogs/1.png"), Inside("dogs/2.jpg")], rows.GetColumn<string>("Path"));
        Assert.Equal(["", "", ""], rows.GetColumn<string>("Label"));
    }

    [Fact]
    public void Folder_names_can_be_labels() =>
        Assert.Equal(["cats", "dogs", "dogs"], catalog.LoadImageFolder(folder.FullName, useFolderNameAsLabel: true).GetColumn<string>("Label"));

    [Fact]
    public void A_table_can_give_the_labels()
    {
        File.WriteAllText(Inside("labels.csv"), "file,kind\ncats/1.png,tabby\ndogs/1.png,poodle\n2.jpg,terrier");

        var rows = catalog.LoadImageFolder(folder.FullName, labelFile: Inside("labels.csv"), labelColumn: "kind");

        Assert.Equal(["tabby", "poodle", "terrier"], rows.GetColumn<string>("Label"));
    }

    [Fact]
    public void Contradictory_arguments_are_refused_by_name()
    {
        Assert.Equal("labelFile", Assert.Throws<OptionException>(() => catalog.LoadImageFolder(folder.FullName, true, "labels.csv")).Member);
        Assert.Equal("labelColumn", Assert.Throws<OptionException>(() => catalog.LoadImageFolder(folder.FullName, labelColumn: "kind")).Member);
        Assert.Equal(
            $"path is '{Inside("none")}', but there is no such folder.",
            Assert.Throws<DirectoryNotFoundException>(() => catalog.LoadImageFolder(Inside("none"))).Message);
    }

    [Fact]
    public void Trainers_and_the_tool_read_the_same_rows()
    {
        var context = new MLContext();
        var data = context.LatentDiffusion().LoadImageFolder(Path.Combine(RealData.Repository, "examples", "data", "emoji"));
        var images = context.Transforms.LoadImageFiles("Image", "Path").Fit(data).Transform(context.Data.TakeRows(data, 2));

        Assert.Equal(2, images.GetColumn<MLImage>("Image").Count(image => image.Width > 0));
    }

    private string Inside(string name) => Path.Combine(folder.FullName, name);
}
