using LdmMl.Images;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Transforms.ScoreQuality;

/// <summary>Computes two or three scores of two images, each only if it is requested.</summary>
internal sealed class ScoreImageQualityRunner : RowComputation
{
    private readonly DataViewRow row;
    private readonly ScoreImageQualityOptions options;
    private readonly ComparedColumns columns;
    private readonly ImageSource references, candidates;
    private byte[] referencePixels = [], candidatePixels = [];
    private long? position;
    private ImageSize? size;

    public ScoreImageQualityRunner(DataViewRow row, ScoreImageQualityOptions options)
    {
        (this.row, this.columns, this.options) = (row, options.Compared, options);
        references = new ImageSource(row, columns.Reference.Find(row.Schema));
        candidates = new ImageSource(row, columns.Candidate.Find(row.Schema));
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

    private void GetPsnr(ref float destination) =>
        destination = ReadRow() is null ? float.NaN : (float)Psnr.Compute(referencePixels, candidatePixels);

    private void GetSsim(ref float destination)
    {
        destination = float.NaN;
        if (ReadRow() is not { } size)
            return;
        RequireSide(size, options.Ssim.WindowSize, $"SSIM with a window of {options.Ssim.WindowSize}");
        destination = (float)Ssim.Compute(referencePixels, candidatePixels, size.Width, size.Height, channels: 3, options.Ssim);
    }

    private void GetMsSsim(ref float destination)
    {
        destination = float.NaN;
        if (ReadRow() is not { } size)
            return;
        RequireSide(size, MsSsim.MinimumSize(options.MsSsim), $"MS-SSIM with a window of {options.MsSsim.WindowSize}");
        destination = (float)MsSsim.Compute(referencePixels, candidatePixels, size.Width, size.Height, channels: 3, options.MsSsim);
    }

    private void RequireSide(ImageSize size, int side, string metric)
    {
        if (Math.Min(size.Width, size.Height) < side)
        {
            throw RowError.Of(row.Position,
                $"the images are {size}; {metric} needs {side} pixels on each side. Use larger images or a smaller window.");
        }
    }

    /// <summary>Reads the pixels of both images and returns their size; null if one is missing.</summary>
    private ImageSize? ReadRow()
    {
        if (position == row.Position)
            return size;
        position = null;
        (var reference, var candidate) = (references.Read(), candidates.Read());
        size = reference is null || candidate is null ? null : ReadPixels(reference, candidate);
        position = row.Position;
        return size;
    }

    private ImageSize ReadPixels(MLImage reference, MLImage candidate)
    {
        var size = columns.CheckRow(reference, candidate, row.Position);
        OpaquePixels.Read(reference, options.Background, ref referencePixels);
        OpaquePixels.Read(candidate, options.Background, ref candidatePixels);
        return size;
    }
}
