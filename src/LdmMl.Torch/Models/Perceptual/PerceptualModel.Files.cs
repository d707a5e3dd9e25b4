using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual.Storage;
using LdmMl.Torch.Models.Sharing;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual;

/// <content>Opening and writing files.</content>
public abstract partial class PerceptualModel
{
    /// <summary>Opens the one file that <see cref="Save"/> wrote: LPIPS or an uncalibrated distance, as the file says.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="CheckpointException">It is not such a file, is damaged, or its keys are not those of its network.</exception>
    public static PerceptualModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = InstalledModels.Resolve(path, InstalledModelKind.Perceptual);
        using var weights = CheckpointFile.Read(path);
        return Open(CombinedFile.Describe(weights, path), weights, path);
    }

    /// <summary>Writes one safetensors file with the trunk, the heads, and what they are.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Write);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    internal static PerceptualModel Read(Stream stream, string source)
    {
        using var weights = SafetensorsFile.Read(stream, source);
        return Open(CombinedFile.Describe(weights, source), weights, source);
    }

    /// <summary>Writes the same file to a stream, which stays open.</summary>
    internal void Write(Stream stream) => handle.Hold(() =>
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(stream, Network.state_dict().Select(pair => KeyValuePair.Create(pair.Key, pair.Value.to(ScalarType.Float32))), CombinedFile.Metadata(Description));
        return true;
    });

    private protected static PerceptualModel Open(PerceptualDescription description, StateDictionary weights, string source)
    {
        var module = new PerceptualNetwork(description.Trunk, description.IsCalibrated);
        try
        {
            var report = ModuleWeights.Load(module, weights, source, TrunkKeys.Classifier);
            var owner = description.IsCalibrated ? typeof(LpipsModel) : typeof(UncalibratedPerceptualModel);
            return Open(new NetworkHandle(new SharedNetwork(module, CPU, ModelPrecision.Float32), owner), description, source, report);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    private static PerceptualModel Open(NetworkHandle handle, PerceptualDescription description, string source, LoadReport report) =>
        description.IsCalibrated ? new LpipsModel(handle, description, source, report) : new UncalibratedPerceptualModel(handle, description, source, report);
}
