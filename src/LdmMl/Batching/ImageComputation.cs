using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Batching;

/// <summary>Makes one image a row, once, however many getters ask for it: decoding and resizing cost more than copying.</summary>
internal abstract class ImageComputation(DataViewRow row) : RowComputation
{
    private int _getters;
    private long? _position;
    private MLImage? _image;

    public sealed override Delegate MakeGetter(int output)
    {
        _getters++;
        var handover = new ImageHandover();
        return (ValueGetter<MLImage?>)((ref MLImage? destination) =>
            handover.Give(ref destination, _getters == 1 ? Compute() : MlImageCopy.Of(Shared())));
    }

    public override void Dispose() => Forget();

    /// <summary>Makes the image of the current row, for the caller to dispose; null where it is missing.</summary>
    private protected abstract MLImage? Compute();

    private MLImage? Shared()
    {
        if (_position == row.Position)
            return _image;
        Forget();
        _image = Compute();
        _position = row.Position;
        return _image;
    }

    private void Forget()
    {
        _position = null;
        _image?.Dispose();
        _image = null;
    }
}
