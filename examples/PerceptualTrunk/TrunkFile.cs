using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual;

namespace PerceptualTrunk;

/// <summary>Writes a trained trunk as a file that <see cref="PerceptualModel.Load"/> opens and that states that it is uncalibrated.</summary>
internal static class TrunkFile
{
    public static PerceptualModel Save(TrunkNetwork network, string path)
    {
        var weights = network.Folded();
        var bare = Path.GetTempFileName();
        try
        {
            SafetensorsFile.Write(bare, weights);
            var model = PerceptualModel.LoadUncalibrated(bare, name: Path.GetFileNameWithoutExtension(path));
            model.Save(path);
            return model;
        }
        finally
        {
            File.Delete(bare);
            foreach (var (_, weight) in weights)
                weight.Dispose();
        }
    }
}
