using System.Diagnostics;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Native;

namespace LdmMl.Benchmarks.ServiceLoad;

/// <summary>
/// Images per second with one request at a time and with 16 clients, in turn, and what the arithmetic alone would allow: the time per image in
/// batches of 1 and 16, without the service.
/// </summary>
internal static class Throughput
{
    private const int Clients = 16, Rounds = 3;
    private const double Goal = 2.5;

    public static async Task<bool> Run(int steps, int requests, TextWriter output)
    {
        var ratios = new List<double>();
        using (var service = await ServiceProcess.Start())
        {
            using var warm = new ImageClient(service.Address, steps);
            await warm.DrawMany(Clients, 2 * Clients);
            for (var round = 1; round <= Rounds; round++)
            {
                using var single = new ImageClient(service.Address, steps);
                using var many = new ImageClient(service.Address, steps);
                var alone = await single.DrawMany(1, Math.Max(1, requests / 8));
                var together = await many.DrawMany(Clients, requests);
                ratios.Add(together / alone);
                await output.WriteLineAsync(
                    $"round {round}: 1 client {Line(alone, single)}; {Clients} clients {Line(together, many)}; ratio {together / alone:F2}");
            }
        }

        var ratio = ratios.Order().ElementAt(Rounds / 2);
        await output.WriteLineAsync($"{steps} steps, {Clients} clients: {ratio:F2} times the images of one request at a time (goal >= {Goal}).");
        Bound(steps, output);
        return ratio >= Goal;
    }

    private static string Line(double perSecond, ImageClient client)
    {
        var seconds = client.Seconds;
        double At(double share) => 1000 * seconds[(int)Math.Min(seconds.Length - 1, share * seconds.Length)];
        return $"{perSecond:F2}/s, p50 {At(0.5):F0} ms, p99 {At(0.99):F0} ms";
    }

    private static void Bound(int steps, TextWriter output)
    {
        TorchRuntime.KeepFreedMemory();
        var here = AppContext.BaseDirectory;
        var repository = here[..here.IndexOf(Path.Combine("tests", "LdmMl.Benchmarks"), StringComparison.Ordinal)];
        using var model = LatentDiffusionModel.Load(Path.Combine(repository, "examples", "models", "emoji-ldm"));
        var settings = new GenerationSettings { Sampling = model.Config.Sampling with { Steps = steps } };
        var (alone, together) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            alone.Add(PerImage(1));
            together.Add(PerImage(Clients));
        }

        var (one, many) = (alone.Skip(1).Min(), together.Skip(1).Min());
        output.WriteLine($"Without the service: {one:F1} ms per image alone, {many:F1} ms in a batch of {Clients}; ratio {one / many:F2}.");

        double PerImage(int rows)
        {
            var watch = Stopwatch.StartNew();
            model.Generate(new GenerationBatch { Seeds = [.. Enumerable.Range(0, rows).Select(seed => (long)seed)] }, settings).Dispose();
            return watch.Elapsed.TotalMilliseconds / rows;
        }
    }
}
