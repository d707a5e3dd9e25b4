using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>
/// Passes the images of one getter to its caller, who owns them from then on and may keep them; only from an
/// <see cref="ImageSource"/>, which keeps none, the image of the previous row is disposed at once.
/// </summary>
internal sealed class ImageTransfer
{
    // A getter has no argument for it. Set for the duration of one call, on its thread.
    [ThreadStatic]
    private static bool callerKeepsNone;

    private MLImage? last;

    /// <summary>Announces that the next getter on this thread is called by a reader that keeps no images.</summary>
    public static void AnnounceTakeBack(bool announced) => callerKeepsNone = announced;

    /// <summary>Creates a getter of images that belong to its caller.</summary>
    /// <param name="create">Creates the image of the current row; null if it is missing.</param>
    public static ValueGetter<MLImage?> MakeGetter(Func<MLImage?> create)
    {
        var transfer = new ImageTransfer();
        return (ref MLImage? destination) =>
        {
            transfer.TakeBack(ref destination);
            destination = transfer.Give(create());
        };
    }

    /// <summary>Begins a getter: disposes the image of the previous row if the caller keeps none. Images from other sources are left alone.</summary>
    public void TakeBack(ref MLImage? destination)
    {
        var isReturned = callerKeepsNone;
        callerKeepsNone = false;   // not for getters that this one calls in turn
        if (isReturned && destination is not null && ReferenceEquals(destination, last))
            destination.Dispose();
        destination = null;
    }

    /// <summary>Ends a getter: the image now belongs to the caller.</summary>
    public MLImage? Give(MLImage? image) => last = image;
}
