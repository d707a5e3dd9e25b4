using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training.States;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>Everything that determines the latents of a set of images, to the last bit.</summary>
internal static class LatentKey
{
    // Raised when the same images and first stage give other latents, or the file another layout.
    private const int Version = 1;

    /// <summary>Describes latents.</summary>
    /// <param name="model">The first stage.</param>
    /// <param name="images">The images.</param>
    /// <param name="imageHash">The SHA-256 of their values in their order.</param>
    /// <param name="layout">The latents.</param>
    /// <param name="batchSize">The number of images that are encoded at once.</param>
    public static JsonObject Describe(AutoencoderModel model, IImageSet images, string imageHash, LatentLayout layout, int batchSize) => new()
    {
        ["Version"] = Version,
        ["FirstStage"] = model.ComputeWeightHash(),
        ["Network"] = TrainingSetup.ToNode(model.Config),
        ["Images"] = imageHash,
        ["Size"] = $"{images.Count} x {images.Channels} x {images.Height} x {images.Width}",
        ["Latents"] = $"{layout.Rows} x {layout.Channels} x {layout.Height} x {layout.Width}",
        ["Mirrored"] = layout.HasMirrored,
        ["Deviations"] = layout.Varies,
        ["Batch"] = batchSize,
        ["Rounding"] = $"float32, {model.Device}, libtorch {__version__}, {get_num_threads()} threads, vectors of {Vector<float>.Count}",
    };

    /// <summary>Returns a name for a key: the beginning of its SHA-256.</summary>
    public static string NameOf(JsonObject key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToJsonString())))[..32];
}
