using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>LPIPS over generated trunks, through the same files that a user opens.</summary>
internal sealed class PerceptualRunner : IGoldenRunner
{
    public string Group => "lpips";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden)
    {
        var folder = Directory.CreateTempSubdirectory("lpips-");
        try
        {
            var backbone = Path.Combine(folder.FullName, "backbone.safetensors");
            var heads = Path.Combine(folder.FullName, "heads.safetensors");
            using (var weights = golden.Weights())
            {
                SafetensorsFile.Write(backbone, weights.Where(pair => pair.Key.StartsWith("features.", StringComparison.Ordinal)));
                SafetensorsFile.Write(heads, weights.Where(pair => !pair.Key.StartsWith("features.", StringComparison.Ordinal)));
            }

            var version = golden.Config["version"]!.GetValue<string>() == "0.0" ? LpipsVersion.V00 : LpipsVersion.V01;
            using var lpips = LpipsModel.Load(backbone, heads, version);
            using var calibrated = lpips.With(golden.Convolutions);
            CheckDistances(golden, calibrated);
            CheckFeatures(golden, calibrated);
            using var headless = UncalibratedPerceptualModel.Load(backbone);
            using var uncalibrated = headless.With(golden.Convolutions);
            CheckUncalibrated(golden, uncalibrated);
            golden.NoteFastLayers(calibrated.Network);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void CheckDistances(GoldenCase golden, PerceptualModel model)
    {
        var (first, second) = (golden.Inputs["in0"], golden.Inputs["in1"]);
        using var distances = model.Distances(first, second, PixelRange.MinusOneToOne, spatial: true);
        golden.Check("value", AsReference(distances.Total));
        golden.Check("spatial", distances.Map!);
        for (var layer = 0; layer < distances.Layers.Count; layer++)
            golden.Check($"per_layer.{layer}", AsReference(distances.Layers[layer]));
        golden.Check("value_normalize", AsReference(model.Distance(golden.Inputs["in0_unit"], golden.Inputs["in1_unit"], PixelRange.ZeroToOne)));
        golden.Check("value_self", AsReference(model.Distance(first, first, PixelRange.MinusOneToOne)));
    }

    private static void CheckFeatures(GoldenCase golden, PerceptualModel model)
    {
        using var features = model.Features(golden.Inputs["in0"], PixelRange.MinusOneToOne);
        for (var layer = 0; layer < features.Layers.Count; layer++)
        {
            var h = features.Layers[layer].to(ScalarType.Float64);   // so that only the activations' own error is compared
            golden.Check($"feat_stats.{layer}", stack([h.mean(), h.std(), h.abs().max(), (h > Real(0)).to(ScalarType.Float64).mean()]));
            golden.Check($"feat_corner.{layer}", h[..1, ..8, ..4, ..4]);
        }
    }

    private static void CheckUncalibrated(GoldenCase golden, PerceptualModel model) =>
        golden.Check("baseline_no_lin", AsReference(model.Distance(golden.Inputs["in0"], golden.Inputs["in1"], PixelRange.MinusOneToOne)));

    private static Tensor AsReference(Tensor values) => values.view(-1, 1, 1, 1);   // [B] -> [B, 1, 1, 1]
}
