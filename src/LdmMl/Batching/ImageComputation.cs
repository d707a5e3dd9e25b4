using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Batching;

/// <summary>Makes one image a row, once, however many getters ask for it: decoding and resizing cost more than copying.</summary>
internal abstract class ImageComputation(DataViewRow row) : RowComputation
{
    private int getters;
    private long? position;
    private MLImage? image;

    public sealed override Delegate MakeGetter(int output)
    {
        getters++;
        var handover = new ImageHandover();
        return (ValueGetter<MLImage?>)((ref MLImage? destination) =>
            handover.Give(ref destination, getters == 1 ? Compute() : MlImageCopy.Of(Shared())));
    }

    public override void Dispose() => Forget();

    /// <summary>Makes the image of the current row, for the caller to dispose; null where it is missing.</summary>
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
