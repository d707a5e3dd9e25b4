using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Torch.Models.Features;

/// <summary>Opens the files that hold a trunk: alone, or with the heads of LPIPS.</summary>
internal static class PerceptualFiles
{
    public static PerceptualModel Open(string path) =>
        HoldsHeads(path) ? PerceptualModel.Load(path) : PerceptualModel.LoadUncalibrated(path);

    private static bool HoldsHeads(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var weights = StateDictionary.Read(path);
        return weights.Keys.Any(key => key.StartsWith("lin0.", StringComparison.Ordinal));
    }
}
