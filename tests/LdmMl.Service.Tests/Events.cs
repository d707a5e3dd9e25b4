using System.Net.ServerSentEvents;
using System.Text.Json;

namespace ImageService.Tests;

/// <summary>Reads server-sent events.</summary>
internal static class Events
{
    public static async Task<List<(string Type, JsonElement Data)>> Read(HttpResponseMessage response)
    {
        var events = new List<(string, JsonElement)>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
            events.Add((item.EventType, JsonDocument.Parse(item.Data).RootElement));
        return events;
    }
}
