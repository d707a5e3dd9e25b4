using System.Runtime.ExceptionServices;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>A batch that threads are reading: each fills the places of some images.</summary>
/// <param name="views">The images.</param>
/// <param name="values">Receives the values of all images, one after the other; it may be longer.</param>
/// <param name="size">The number of values of an image.</param>
internal sealed class PendingBatch(ImageView[] views, float[] values, int size) : IDisposable
{
    private readonly CountdownEvent unread = new(views.Length);
    private readonly Exception?[] failures = new Exception?[views.Length];

    /// <summary>Gets the images.</summary>
    public ImageView[] Views => views;

    /// <summary>Gets the values of all images, complete after <see cref="Wait"/>.</summary>
    public float[] Values => values;

    /// <summary>Reads one image.</summary>
    /// <param name="index">Its place in the batch.</param>
    /// <param name="read">Reads it; what it throws is kept for <see cref="Wait"/>.</param>
    public void Fill(int index, Action<ImageView, Memory<float>> read)
    {
        try
        {
            read(views[index], values.AsMemory(index * size, size));
        }
#pragma warning disable CA1031                                   // the training thread throws it
        catch (Exception error)
#pragma warning restore CA1031
        {
            failures[index] = error;
        }
        finally
        {
            unread.Signal();
        }
    }

    /// <summary>Returns once every image has been read; throws what the first unreadable one threw, whichever thread met it first.</summary>
    public void Wait()
    {
        unread.Wait();
        if (failures.FirstOrDefault(failure => failure is not null) is { } first)
            ExceptionDispatchInfo.Throw(first);
    }

    public void Dispose() => unread.Dispose();
}
