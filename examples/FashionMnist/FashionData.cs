using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;

namespace FashionMnist;

/// <summary>Fashion-MNIST (Xiao et al. 2017): grey images of ten kinds of clothing, here with a black border of two pixels, so that sides are 32.</summary>
/// <param name="Training">The training images with their labels.</param>
/// <param name="Test">The test images with their labels.</param>
internal sealed record FashionData(LabeledImages Training, LabeledImages Test)
{
    /// <summary>The side of an image in pixels.</summary>
    public const int Side = 32;

    /// <summary>Where Debian's package puts the files.</summary>
    public const string DebianFolder = "/usr/share/datasets/fashion-mnist";

    private const int FileSide = 28, Border = (Side - FileSide) / 2;

    /// <summary>Gets the names of the labels.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <summary>Reads the four files.</summary>
    /// <exception cref="FileNotFoundException">One of them is not there.</exception>
    /// <exception cref="InvalidDataException">One of them is damaged, or is another data set.</exception>
    public static FashionData Read(string folder) => new(Read(folder, "train"), Read(folder, "t10k"));

    private static LabeledImages Read(string folder, string part)
    {
        var images = IdxFile.Read(Find(folder, $"{part}-images-idx3-ubyte"));
        var labels = IdxFile.Read(Find(folder, $"{part}-labels-idx1-ubyte"));
        if (images.Sizes is not [var count, FileSide, FileSide] || labels.Sizes is not [var labelled] || labelled != count)
        {
            throw new InvalidDataException(
                $"'{folder}' has {string.Join(" x ", images.Sizes)} image values and {string.Join(" x ", labels.Sizes)} labels; this is not Fashion-MNIST.");
        }

        var set = new ImageSet(Side, Side, channels: 1);
        var framed = new byte[Side * Side];
        for (var image = 0; image < count; image++)
        {
            for (var y = 0; y < FileSide; y++)
                images.Values.AsSpan(((image * FileSide) + y) * FileSide, FileSide).CopyTo(framed.AsSpan(((y + Border) * Side) + Border));
            set.Add(framed, PixelLayout.Gray8);
        }

        return new LabeledImages(set, [.. labels.Values.Select(label => (int)label)], Names);
    }

    private static string Find(string folder, string name)
    {
        var plain = Path.Combine(folder, name);
        return File.Exists(plain) ? plain : File.Exists($"{plain}.gz") ? $"{plain}.gz" : throw new FileNotFoundException(
            $"There is neither '{plain}' nor '{plain}.gz'. On Debian and Ubuntu, 'apt install dataset-fashion-mnist' installs them; "
            + "otherwise fetch the four files from https://github.com/zalandoresearch/fashion-mnist and name their folder.");
    }
}
