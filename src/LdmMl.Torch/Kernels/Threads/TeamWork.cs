using System.Runtime.ExceptionServices;

namespace LdmMl.Torch.Kernels.Threads;

/// <summary>Work of a team; the first exception of a thread is kept for the caller, because it must not cross native frames.</summary>
internal sealed class TeamWork(Action<int> work)
{
    private ExceptionDispatchInfo? failure;

    public void Do(int thread)
    {
        try
        {
            work(thread);
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
        }
    }

    public void ThrowIfFailed() => failure?.Throw();
}
