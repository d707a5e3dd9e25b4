namespace ImageService.Tests;

/// <summary>A service of a small model with labels, for the tests of a class.</summary>
public sealed class LabelService : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder folder = new();

    internal Service Service { get; private set; } = null!;

    internal string Model { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Model = Models.Write(folder, "labels");
        Service = await Service.Start(
            Model, "LatentDiffusion:Steps=2", "Service:MaximumSteps=100000",
            $"Service:PerceptualModel={Models.Trunk}", "Service:MaximumBodyBytes=100000");
    }

    public async Task DisposeAsync() => await Service.DisposeAsync();

    public void Dispose() => folder.Dispose();
}
