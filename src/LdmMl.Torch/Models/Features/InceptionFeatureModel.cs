using System.Security.Cryptography;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Features.Inception;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Features;

/// <summary>
/// Inception-v3 as the Fréchet Inception distance uses it (Heusel et al. 2017): 2048 features of an image, with the architecture and the keys of
/// pytorch-fid. Images of every size are resized to 299x299 bilinearly, without antialiasing, as there; resize them beforehand to avoid this.
/// </summary>
internal sealed class InceptionFeatureModel : FeatureModel
{
    // torch.hub writes the first digits of a file's SHA-256 into its name.
    private const string PublishedHash = "6726825d";

    private readonly string fileHash;

    private InceptionFeatureModel(NetworkHandle handle, string source, LoadReport report, string fingerprint, string fileHash)
        : base(handle, source, report, fingerprint) =>
        this.fileHash = fileHash;

    /// <inheritdoc/>
    public override string Name => "Inception-v3 pool3";

    /// <inheritdoc/>
    public override int Dimensions => InceptionNetwork.Dimensions;

    /// <inheritdoc/>
    public override int MinimumSize => 1;

    /// <inheritdoc/>
    public override bool IsInception => true;

    /// <summary>Gets whether the file is, byte for byte, the one that pytorch-fid publishes (its SHA-256 begins with 6726825d).</summary>
    public bool IsPublishedFile => fileHash.StartsWith(PublishedHash, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string? Caution => IsPublishedFile
        ? null
        : $"The weights of '{Source}' were not verified to be the published ones "
            + $"(the SHA-256 of the file begins with {fileHash[..8]}, of pytorch-fid's with {PublishedHash}); "
            + "compare these figures only with figures from the same file.";

    /// <summary>Gets the network itself; it lives as long as a handle does.</summary>
    internal InceptionNetwork Network => (InceptionNetwork)Handle.Network.Module;

    /// <summary>Opens the weights: <c>pt_inception-2015-12-05-6726825d.pth</c> of pytorch-fid, or a safetensors file with the same keys.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="CheckpointException">The file cannot be read, or its keys and shapes are not those of the published file.</exception>
    public static new InceptionFeatureModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = StateDictionary.Read(path);
        return Create(file, path, FileHash(path));
    }

    /// <summary>Creates a model from weights under the published keys.</summary>
    internal static InceptionFeatureModel Create(StateDictionary published, string source, string fileHash)
    {
        // A counter of training steps, which some files contain and no result depends on.
        using var weights = published.Rename(key => key.EndsWith(".num_batches_tracked", StringComparison.Ordinal) ? null : key);
        var module = new InceptionNetwork();
        try
        {
            var report = InceptionWeights.Load(module, weights, source);
            module.eval();
            var network = new SharedNetwork(Outlive(module), CPU, ModelPrecision.Float32);
            return new InceptionFeatureModel(
                new NetworkHandle(network, typeof(InceptionFeatureModel)), source, report, WeightFingerprint.Of(weights), fileHash);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    private protected override Tensor Compute(Tensor images, PixelRange range) => Handle.Hold(() =>   // [B, 3, H, W] -> [B, 2048]
    {
        using var scope = NewDisposeScope();
        var resized = InceptionNetwork.Resize(images);                       // [B, 3, 299, 299]
        var scaled = range == PixelRange.ZeroToOne ? Real(2) * resized - Real(1) : resized;
        return scope.MoveToOuter(Network.call(scaled));
    });

    private protected override FeatureModel Reopen(NetworkHandle other) => new InceptionFeatureModel(other, Source, LoadReport, Fingerprint, fileHash);

    private protected override nn.Module Convert(nn.Module network, Device device, ModelPrecision precision)
    {
        Check.That(precision == ModelPrecision.Float32, precision, "it must be Float32, in which Inception's features are defined");
        return CopyNetwork(device);
    }

    private static string FileHash(string path)
    {
        using var stream = File.OpenRead(path);
        return System.Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    // A network lives until it is disposed, whatever dispose scope it was built in.
    private static InceptionNetwork Outlive(InceptionNetwork module)
    {
        foreach (var parameter in module.parameters())
            parameter.DetachFromDisposeScope();
        return module;
    }

    private InceptionNetwork CopyNetwork(Device device)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var copy = new InceptionNetwork(device);
        var targets = copy.state_dict();
        foreach (var (key, value) in Network.state_dict())
            targets[key].copy_(value);
        copy.eval();
        return Outlive(copy);
    }
}
