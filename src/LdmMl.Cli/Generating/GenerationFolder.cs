using Microsoft.ML.Data;

namespace LdmMl.Cli.Generating;

/// <summary>The folder of generated images: which are finished, and whether they are those that are wanted.</summary>
/// <param name="folder">The folder.</param>
/// <param name="record">What decides the images.</param>
internal sealed class GenerationFolder(DirectoryInfo folder, GenerationRecord record)
{
    private bool isRecorded;

    /// <summary>Gets what decides the images.</summary>
    public GenerationRecord Record => record;

    /// <summary>Gets whether the folder holds images that were made with the same settings.</summary>
    public bool IsContinued => isRecorded;

    /// <summary>Gets the path of an image.</summary>
    public string PathOf(PlannedImage image) => Path.Combine(folder.FullName, image.FileName);

    /// <summary>Gets whether an image is there; an image that is there is complete.</summary>
    public bool Has(PlannedImage image) => File.Exists(PathOf(image));

    /// <summary>Finds out before any work whether images can be added.</summary>
    /// <param name="images">The images that are wanted.</param>
    /// <exception cref="InvalidOperationException">There are images that were made with other or unknown settings.</exception>
    public void Check(IEnumerable<PlannedImage> images)
    {
        isRecorded = record.Check(folder.FullName);
        Output.Leftovers.Remove(folder);
        if (!isRecorded && images.FirstOrDefault(Has) is { } image)
        {
            throw new InvalidOperationException(
                $"The folder '{folder}' contains '{image.FileName}', but no {GenerationRecord.FileName} that says how it was generated. "
                + "Choose another --out.");
        }
    }

    /// <summary>Writes an image, completely or not at all, and before the first one the record of what determines them.</summary>
    public void Write(PlannedImage image, MLImage pixels)
    {
        if (!isRecorded)
            record.Write(folder.FullName);
        isRecorded = true;
        pixels.SavePng(PathOf(image));
    }
}
