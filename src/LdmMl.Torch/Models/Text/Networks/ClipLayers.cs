using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>The blocks of CLIP's text encoder; a separate module only because of the checkpoint keys.</summary>
internal sealed class ClipLayers : Module
{
    // The field's name is a checkpoint key.
    private readonly ModuleList<ClipTextLayer> layers;

    public ClipLayers(ClipTextConfig config, Device? device) : base(nameof(ClipLayers))
    {
        layers = new ModuleList<ClipTextLayer>([.. Enumerable.Range(0, config.Layers).Select(_ => new ClipTextLayer(config, device))]);
        RegisterComponents();
    }

    /// <summary>Gets the blocks in order.</summary>
    public IReadOnlyList<ClipTextLayer> Blocks => [.. layers];
}
