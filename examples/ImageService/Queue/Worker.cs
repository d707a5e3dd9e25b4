using ImageService.Requests;
using Microsoft.Extensions.Options;

namespace ImageService.Queue;

/// <summary>
/// Opens the model and computes the work of the queue, on a thread of its own: a computation uses every core, and OpenMP keeps threads for each
/// thread that ever called it.
/// </summary>
internal sealed class Worker(
    WorkQueue queue, ServedModel served, QueueTelemetry telemetry, Pace pace, IOptions<ServiceOptions> options, ILogger<Worker> logger)
    : BackgroundService
{
    private readonly TimeSpan joinTime = TimeSpan.FromMilliseconds(options.Value.JoinMilliseconds);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(() => Work(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Work(CancellationToken stopping)
    {
        try
        {
            served.Open();
            if (logger.IsEnabled(LogLevel.Information))
                logger.LogInformation("Serving {Model}.", served.Description.Name);
            for (var last = 0; ;)
            {
                queue.Wait(stopping);
                Gather(last, stopping);
                var works = queue.Take();
                if (works.Count > 0)
                    Compute(works, stopping);
                last = works.Count;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops after the last request has its answer.
        }
        catch (Exception error)
        {
            logger.LogCritical(error, "The service cannot go on.");
            Environment.ExitCode = 1;
            throw;
        }
        finally
        {
            queue.Close();
        }
    }

    // Clients who just got their images may ask for the next ones: it is worth a moment to compute them together.
    private void Gather(int last, CancellationToken stopping)
    {
        if (last > 1 || queue.Count > 1)
            queue.WaitFor(Math.Max(last, served.Description.BatchSize), joinTime, stopping);
    }

    private void Compute(IReadOnlyList<Work> works, CancellationToken stopping)
    {
        using var span = telemetry.Begin(works);
        using var measured = pace.Measure(works.Count);
        try
        {
            if (works[0] is IEngineWork engine)
                engine.Compute();
            else
                new ImageBatch(served.Model, [.. works.Cast<ImageWork>()]).Run(stopping);
        }
        catch (Exception error) when (works.Count > 1 && error is not OperationCanceledException)
        {
            // One request must not fail because of another: each gets its own answer.
            foreach (var work in works)
                Compute([work], stopping);
        }
        catch (Exception error)
        {
            foreach (var work in works)
                work.Fail(error);
        }
    }
}
