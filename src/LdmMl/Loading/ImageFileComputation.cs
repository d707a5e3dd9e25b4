using LdmMl.Batching;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl.Loading;

/// <summary>Paths to images.</summary>
internal sealed class ImageFileComputation(DataViewRow row, DataViewSchema.Column paths, LoadImageFilesOptions options, IHost host)
    : ImageComputation(row)
{
    private readonly DataViewRow _row = row;
    private readonly ValueGetter<ReadOnlyMemory<char>> _getter = row.GetGetter<ReadOnlyMemory<char>>(paths);
    private ReadOnlyMemory<char> _path;

    private protected override MLImage? Compute()
    {
        _getter(ref _path);
        if (_path.IsEmpty)
            return null;
        string path = _path.ToString();
        if (options.ImageFolder is { } folder)
            path = Path.Combine(folder, path);
        try
        {
            return ImageDecoder.Decode(path);
        }
        catch (ImageFileException exception)
        {
            return Refuse(exception);
        }
    }

    private MLImage? Refuse(ImageFileException exception)
    {
        var located = new ImageFileException(exception.Path, $"in row {_row.Position} {exception.Reason}", exception);
        if (options.Errors == ImageFileErrors.Throw)
            throw located;
        using IChannel channel = host.Start("Loading images");
        channel.Warning(MessageSensitivity.UserData, "{0} It is missing.", located.Message);
        return null;
    }
}
