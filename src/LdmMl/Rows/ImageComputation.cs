using LdmMl.Images;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>Creates the image of each row once, however many getters request it: decoding and resizing cost more than copying.</summary>
internal abstract class ImageComputation(DataViewRow row) : RowComputation
{
    private int getters;
    private long? position;
    private MLImage? image;

    public sealed override Delegate MakeGetter(int output)
    {
        getters++;
        return ImageTransfer.MakeGetter(() => getters == 1 ? Compute() : MLImageCopy.Of(Shared()));
    }

    public override void Dispose() => Forget();

    /// <summary>Creates the image of the current row, which the caller owns; null if it is missing.</summary>
    private protected abstract MLImage? Compute();

    private MLImage? Shared()
    {
        if (position == row.Position)
            return image;
        Forget();
        image = Compute();
        position = row.Position;
        return image;
    }

    private void Forget()
    {
        position = null;
        image?.Dispose();
        image = null;
    }
}
