namespace ImageService.Queue;

/// <summary>So many requests wait that another one would wait too long.</summary>
internal sealed class QueueFullException : Exception
{
    public QueueFullException()
        : base("Too many requests are waiting; try again later.")
    {
    }
}
