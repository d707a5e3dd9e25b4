namespace LdmMl.Benchmarks.ServiceLoad;

/// <summary>
/// Many requests from 16 clients: resident memory does not grow, and same orders give same bytes. The service keeps freed memory, so that single
/// looks differ by tens of MiB; the drift is the difference between the means of the last third of the looks and of the first, the warm-up excluded.
/// </summary>
internal static class MemorySoak
{
    private const int Clients = 16, Looks = 31;
    private const double Goal = 20;

    public static async Task<bool> Run(int steps, int requests, TextWriter output)
    {
        using var service = await ServiceProcess.Start();
        using var client = new ImageClient(service.Address, steps);
        var resident = new List<double>();
        for (var look = 1; look <= Looks; look++)
        {
            var perSecond = await client.DrawMany(Clients, requests / Looks);
            resident.Add(service.ResidentMebibytes);
            if (look % 6 == 1)
                await output.WriteLineAsync($"{requests / Looks * look} requests: {resident[^1]:F1} MiB resident, {perSecond:F1}/s; {client}");
        }

        var warm = resident.Skip(1).ToArray();
        var drift = warm[^(warm.Length / 3)..].Average() - warm[..(warm.Length / 3)].Average();
        await output.WriteLineAsync($"{requests} requests: {warm.Min():F0} to {warm.Max():F0} MiB, drift {drift:F1} MiB (goal < {Goal}).");
        return drift < Goal && client.Changed == 0 && client.Statuses.Count == 1;
    }
}
