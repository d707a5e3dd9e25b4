
namespace ImageService.Tests;

/// <summary>The service writes no file, so that there is none to be half written when it is killed.</summary>
public class KillTests(LabelService fixture) : IClassFixture<LabelService>
{
    [Fact]
    public async Task A_killed_service_leaves_no_file_and_draws_the_same_when_it_is_started_again()
    {
        using var temporary = new TemporaryFolder();
        using var home = new TemporaryFolder();
        string[] before;
        byte[] first;
        using (var service = await OwnProcess.Start(fixture.Model, temporary.Path, home.Path))
        {
            // The library keeps a copy of a native library in the user's cache, which it writes once, when it starts.
            before = Files();
            first = await service.Draw(seed: 1, steps: 2);
            var endless = service.Draw(seed: 2, steps: 1000, side: 256);
            using var upload = new ByteArrayContent(new byte[90_000]);
            upload.Headers.ContentType = new("image/png");
            using var refused = await service.Client.PostAsync("/reconstruct", upload);
            service.Kill();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => endless);
        }

        Assert.Equal(before, Files());
        using var again = await OwnProcess.Start(fixture.Model, temporary.Path, home.Path);
        Assert.Equal(first, await again.Draw(seed: 1, steps: 2));

        string[] Files() =>
        [
            .. from folder in (string[])[fixture.Model, Path.Combine(Service.Folder, "wwwroot"), home.Path, temporary.Path]
               from file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
               where IsOurs(file)
               orderby file
               select $"{file}, {new FileInfo(file).Length} bytes",
        ];
    }

    // The runtime has its own: a socket for debuggers, and memory files of its diagnostics.
    private static bool IsOurs(string file) => !Path.GetFileName(file).StartsWith("dotnet-", StringComparison.Ordinal)
        && !Path.GetFileName(file).StartsWith("clr-debug-pipe", StringComparison.Ordinal) && !file.Contains("/.dotnet/", StringComparison.Ordinal);
}
