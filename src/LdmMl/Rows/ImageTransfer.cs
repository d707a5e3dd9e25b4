using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>
/// Passes the images of one getter to whoever calls it. An image is the caller's from then on, to keep as long as it likes; only from an
/// <see cref="ImageSource"/>, which keeps none, the image of the row before is taken back and disposed at once.
/// </summary>
internal sealed class ImageTransfer
{
    // A getter has no argument for it. Set for the duration of one call, on its thread.
    [ThreadStatic]
    private static bool callerKeepsNone;

    private MLImage? last;

    /// <summary>Says that the next getter on this thread is called for somebody who keeps no image.</summary>
    public static void AnnounceTakeBack(bool announced) => callerKeepsNone = announced;

    /// <summary>Makes a getter of images that are made for whoever calls it.</summary>
    /// <param name="create">Makes the image of the current row; null where it is missing.</param>
    public static ValueGetter<MLImage?> MakeGetter(Func<MLImage?> create)
    {
        var transfer = new ImageTransfer();
        return (ref MLImage? destination) =>
        {
            transfer.TakeBack(ref destination);
            destination = transfer.Give(create());
        };
    }

    /// <summary>Begins a getter: disposes the image of the row before where the caller keeps none. One that is anybody else's is left alone.</summary>
    public void TakeBack(ref MLImage? destination)
    {
        var isReturned = callerKeepsNone;
        callerKeepsNone = false;   // not for getters that this one calls in turn
        if (isReturned && destination is not null && ReferenceEquals(destination, last))
            destination.Dispose();
        destination = null;
    }

    /// <summary>Ends a getter: the image is the caller's.</summary>
    public MLImage? Give(MLImage? image) => last = image;
}
