using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ImageService.Tests;

/// <summary>Listens to the meters of the library and of the service.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> seen = new();

    public Measurements()
    {
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Meter.Name is "LdmMl" or "LdmMl.ImageService")
                meters.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Enqueue((instrument.Name, value, Copy(tags))));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen.Enqueue((instrument.Name, value, Copy(tags))));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Enqueue((instrument.Name, value, Copy(tags))));
        listener.Start();
    }

    public IEnumerable<double> Of(string name) => seen.Where(measured => measured.Name == name).Select(measured => measured.Value);

    public IEnumerable<Dictionary<string, object?>> TagsOf(string name) =>
        seen.Where(measured => measured.Name == name).Select(measured => measured.Tags);

    public void Observe() => listener.RecordObservableInstruments();

    public void Dispose() => listener.Dispose();

    private static Dictionary<string, object?> Copy(ReadOnlySpan<KeyValuePair<string, object?>> tags) => new(tags.ToArray());
}
