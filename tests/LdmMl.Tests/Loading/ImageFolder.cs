using LdmMl.Tests.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Loading;

/// <summary>A folder of PNG files of three sizes.</summary>
internal sealed class ImageFolder : IDisposable
{
    public ImageFolder(int count)
    {
        FullName = Directory.CreateTempSubdirectory("ldmml-tests-").FullName;
        Sizes = [.. Enumerable.Range(0, count).Select(i => (i % 3) switch { 0 => (16, 16), 1 => (21, 18), _ => (24, 12) })];
        Paths = [.. Enumerable.Range(0, count).Select(i => Path.Combine(FullName, $"{i:000}.png"))];
        for (var i = 0; i < count; i++)
        {
            using var image = ImageRows.Picture(i, Sizes[i].Width, Sizes[i].Height);
            image.Save(Paths[i]);
        }
    }

    public string FullName { get; }

    public string[] Paths { get; }

    public (int Width, int Height)[] Sizes { get; }

    public IDataView Load(MLContext context) => context.Data.LoadFromEnumerable(Paths.Select(path => new ImageRows.AnyRow { Path = path }).ToArray());

    /// <summary>Truncates a file to half its length.</summary>
    public void Damage(int index) => File.WriteAllBytes(Paths[index], File.ReadAllBytes(Paths[index])[..60]);

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
