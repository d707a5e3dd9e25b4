using LdmMl.Rows;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl.Transforms.Load;

/// <summary>Loads images from paths.</summary>
internal sealed class LoadImageFilesRunner(DataViewRow row, DataViewSchema.Column paths, LoadImageFilesOptions options, IHost host)
    : ImageComputation(row)
{
    private readonly DataViewRow row = row;
    private readonly TextSource paths = new(row, paths);

    private protected override MLImage? Compute()
    {
        var path = paths.Read();
        if (path.Length == 0)
            return null;
        if (options.ImageFolder is { } folder)
            path = Path.Combine(folder, path);
        try
        {
            return ImageFile.Decode(path, options.MaximumPixels);
        }
        catch (ImageFileException exception)
        {
            return Refuse(exception);
        }
    }

    private MLImage? Refuse(ImageFileException exception)
    {
        var located = new ImageFileException(exception.Path, $"in row {row.Position} {exception.Reason}", exception);
        if (options.Errors == ImageFileErrors.Throw)
            throw located;
        using var channel = host.Start("Loading images");
        channel.Warning(MessageSensitivity.UserData, "{0} The image is missing.", located.Message);
        return null;
    }
}
