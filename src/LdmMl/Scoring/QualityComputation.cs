using LdmMl.Batching;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Scoring;

/// <summary>Two images to two or three numbers; each is computed only where it is asked for.</summary>
internal sealed class QualityComputation : RowComputation
{
    private readonly DataViewRow _row;
    private readonly ScoreImageQualityOptions _options;
    private readonly ComparedColumns _columns;
    private readonly ValueGetter<MLImage> _referenceGetter, _candidateGetter;

    // These belong to whoever produced them: never disposed here.
    private MLImage? _reference, _candidate;
    private byte[] _referencePixels = [], _candidatePixels = [];
    private long? _position;
    private ImageSize? _size;

    public QualityComputation(DataViewRow row, ScoreImageQualityOptions options)
    {
        (_row, _options) = (row, options);
        _columns = new QualityColumns(options).Compared;
        _referenceGetter = row.GetGetter<MLImage>(_columns.Reference.Find(row.Schema));
        _candidateGetter = row.GetGetter<MLImage>(_columns.Candidate.Find(row.Schema));
    }

    public override Delegate MakeGetter(int output) => output switch
    {
        0 => (ValueGetter<float>)GetPsnr,
        1 => (ValueGetter<float>)GetSsim,
        _ => (ValueGetter<float>)GetMsSsim,
    };

    public override void Dispose()
    {
    }

    private void GetPsnr(ref float destination)
        => destination = ReadRow() is null ? float.NaN : (float)Psnr.Compute(_referencePixels, _candidatePixels);

    private void GetSsim(ref float destination)
    {
        destination = float.NaN;
        if (ReadRow() is not { } size)
            return;
        RequireSide(size, _options.Ssim.WindowSize, $"SSIM with a window of {_options.Ssim.WindowSize}");
        destination = (float)Ssim.Compute(_referencePixels, _candidatePixels, size.Width, size.Height, channels: 3, _options.Ssim);
    }

    private void GetMsSsim(ref float destination)
    {
        destination = float.NaN;
        if (ReadRow() is not { } size)
            return;
        RequireSide(size, MsSsim.MinimumSize(_options.MsSsim), $"MS-SSIM with a window of {_options.MsSsim.WindowSize}");
        destination = (float)MsSsim.Compute(_referencePixels, _candidatePixels, size.Width, size.Height, channels: 3, _options.MsSsim);
    }

    private void RequireSide(ImageSize size, int side, string metric)
    {
        if (Math.Min(size.Width, size.Height) < side)
        {
            throw new InvalidDataException(
                $"Row {_row.Position}: the images are {size}; {metric} needs {side} pixels on each side. Use larger images or a smaller window.");
        }
    }

    /// <summary>Reads the pixels of both images and returns their size; null where one is missing.</summary>
    private ImageSize? ReadRow()
    {
        if (_position == _row.Position)
            return _size;
        _position = null;
        _referenceGetter(ref _reference!);
        _candidateGetter(ref _candidate!);
        _size = _reference is null || _candidate is null ? null : ReadPixels(_reference, _candidate);
        _position = _row.Position;
        return _size;
    }

    private ImageSize ReadPixels(MLImage reference, MLImage candidate)
    {
        ImageSize size = _columns.CheckRow(reference, candidate, _row.Position);
        OpaquePixels.Read(reference, _options.Background, ref _referencePixels);
        OpaquePixels.Read(candidate, _options.Background, ref _candidatePixels);
        return size;
    }
}
