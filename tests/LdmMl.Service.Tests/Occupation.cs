using ImageService.Queue;

namespace ImageService.Tests;

/// <summary>Work that lasts until it is disposed, so that requests wait.</summary>
internal sealed class Occupation : IDisposable
{
    private readonly ManualResetEventSlim end = new();
    private readonly Task<bool> work;

    public Occupation(Reception reception)
    {
        using var begun = new ManualResetEventSlim();
        work = reception.Accept(
            () =>
            {
                begun.Set();
                return end.Wait(TimeSpan.FromMinutes(1));
            }, CancellationToken.None);
        begun.Wait();
    }

    public void Dispose()
    {
        end.Set();
        work.Wait();
    }
}
