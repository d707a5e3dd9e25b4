using ImageService.Engines;
using ImageService.Queue;
using ImageService.Requests;
using LdmMl.Extensions;
using LdmMl.Torch.Generation;
using Microsoft.Extensions.Options;

namespace ImageService;

/// <summary>The model, once the worker has opened it; until then the service answers that it is not ready.</summary>
internal sealed class ServedModel(IServiceProvider services, IOptions<LatentDiffusionOptions> options, IOptions<ServiceOptions> limits) : IDisposable
{
    private volatile Opened? opened;

    public bool IsOpen => opened is not null;

    /// <exception cref="NotReadyException">It is not open yet.</exception>
    public LatentDiffusionModel Model => Now.Model;

    /// <exception cref="NotReadyException">It is not open yet.</exception>
    public ModelDescription Description => Now.Description;

    /// <exception cref="NotReadyException">It is not open yet.</exception>
    public ImageEngines Engines => Now.Engines;

    private Opened Now => opened ?? throw new NotReadyException("The model is still being opened; try again in a moment.");

    /// <summary>Opens the model, and generates an image for practice, so that the first request does not pay for it.</summary>
    public void Open()
    {
        var model = services.GetRequiredService<LatentDiffusionModel>();
        var given = options.Value;
        var name = given.ModelId ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(given.Model));
        var description = ModelDescriber.Describe(model, name, given, limits.Value);
        var now = new Opened(model, description, new ImageEngines(model.Autoencoder, limits.Value.PerceptualModel));
        var practice = ImageRequestReader.Read(
            new ImageRequest { Seed = 0, Steps = 1, Label = description.NeedsLabel ? description.Labels[0] : null }, description);
        var work = new ImageWork(practice, largestBatch: 1, CancellationToken.None);
        new ImageBatch(model, [work]).Run(CancellationToken.None);
        work.Image.GetAwaiter().GetResult().Dispose();
        opened = now;
    }

    public void Dispose() => opened?.Engines.Dispose();

    private sealed record Opened(LatentDiffusionModel Model, ModelDescription Description, ImageEngines Engines);
}
