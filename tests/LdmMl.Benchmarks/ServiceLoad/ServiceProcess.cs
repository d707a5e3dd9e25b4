using System.Diagnostics;
using System.Globalization;

namespace LdmMl.Benchmarks.ServiceLoad;

/// <summary>The service of examples/ImageService as a process of its own, on the loopback interface.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly Process process;

    private ServiceProcess(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Gets the resident memory in MiB.</summary>
    public double ResidentMebibytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
        }
    }

    /// <summary>Gets whether it still runs.</summary>
    public bool IsAlive => !process.HasExited;

    /// <summary>Starts the service and waits until it is ready.</summary>
    /// <param name="settings">Settings, such as <c>--Service:QueueCapacity=64</c>.</param>
    public static async Task<ServiceProcess> Start(params string[] settings)
    {
        // Built with this program, in the same configuration.
        var (mine, its) = (Path.Combine("tests", "LdmMl.Benchmarks"), Path.Combine("examples", "ImageService"));
        var folder = AppContext.BaseDirectory.Replace(mine, its, StringComparison.Ordinal);
        var root = folder[..folder.IndexOf("bin", folder.IndexOf(its, StringComparison.Ordinal), StringComparison.Ordinal)];
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        string[] arguments = [Path.Combine(folder, "ImageService.dll"), "--urls=http://127.0.0.1:0", $"--contentRoot={root}", .. settings];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        string? address = null;
        while (address is null && await process.StandardOutput.ReadLineAsync() is { } line)
            address = line.Split("Now listening on: ") is [_, var found] ? found : null;
        var service = new ServiceProcess(process, new Uri(address ?? throw new InvalidOperationException("The service did not start.")));
        _ = process.StandardOutput.ReadToEndAsync();
        using var client = new HttpClient { BaseAddress = service.Address };
        while (!(await client.GetAsync("/health/ready")).IsSuccessStatusCode)
            await Task.Delay(100);
        return service;
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
