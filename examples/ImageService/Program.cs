// dotnet run -c Release --project examples/ImageService [-- --LatentDiffusion:Model=../models/emoji-text --urls=http://127.0.0.1:5080]
// Serves a latent diffusion model over HTTP: POST /images, /reconstruct and /score, and a page for people at /.
using ImageService;
using ImageService.Web;

if (CommandLine.FaultOf(args) is { } fault)
{
    Console.Error.WriteLine(fault);
    return 2;
}

await using var application = ImageApplication.Create(args);
await application.RunAsync();
return Environment.ExitCode;
