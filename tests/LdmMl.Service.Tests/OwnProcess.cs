using System.Diagnostics;
using System.Net.Http.Json;

namespace ImageService.Tests;

/// <summary>The service as a process of its own.</summary>
internal sealed class OwnProcess : IDisposable
{
    private readonly Process process;

    private OwnProcess(Process process, Uri address) => (this.process, Client) = (process, new HttpClient { BaseAddress = address });

    public HttpClient Client { get; }

    public static async Task<OwnProcess> Start(string model, string temporary, string home)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "ImageService.dll"), "--urls=http://127.0.0.1:0", $"--contentRoot={Service.Folder}",
            $"--LatentDiffusion:Model={model}", "--Service:MaximumSteps=1000",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        (start.Environment["TMPDIR"], start.Environment["HOME"]) = (temporary, home);
        var process = Process.Start(start)!;
        string? address = null, line;
        while (address is null && (line = await process.StandardOutput.ReadLineAsync()) is not null)
            address = line.Split("Now listening on: ") is [_, var found] ? found : null;
        var service = new OwnProcess(process, new Uri(address ?? throw new InvalidOperationException("The service did not start.")));
        _ = process.StandardOutput.ReadToEndAsync();
        await Service.Until(async () => (await service.Client.GetAsync("/health/ready")).IsSuccessStatusCode);
        return service;
    }

    public async Task<byte[]> Draw(long seed, int steps, int side = 16)
    {
        using var response = await Client.PostAsJsonAsync("/images", new { label = "cat", seed, steps, width = side, height = side });
        return await response.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Ends the process as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
        Client.Dispose();
    }
}
