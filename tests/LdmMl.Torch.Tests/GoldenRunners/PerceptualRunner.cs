using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Onnx;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>LPIPS over generated trunks, through the same files that a user opens.</summary>
internal sealed class PerceptualRunner : IGoldenRunner
{
    private const string Trunk = "features.", StateKeys = "lpips_state_dict_keys";

    public string Group => "lpips";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden)
    {
        var settings = golden.Settings;
        settings.Describes("pnet_rand", "pnet_tune", "use_dropout", "eval_mode", "model_path", "verbose");   // the weights are the case's; dropout is off
        var trunk = settings.Choice(
            "net", "alex", ("vgg", PerceptualTrunkConfig.Vgg16), ("alex", PerceptualTrunkConfig.AlexNet), ("squeeze", PerceptualTrunkConfig.SqueezeNet));
        var version = settings.Choice("version", "0.1", ("0.1", LpipsVersion.V01), ("0.0", LpipsVersion.V00));
        var folder = Directory.CreateTempSubdirectory("lpips-");
        try
        {
            var backbone = Path.Combine(folder.FullName, "backbone.safetensors");
            var heads = Path.Combine(folder.FullName, "heads.safetensors");
            WriteFiles(golden, backbone, heads);
            using var headless = PerceptualModel.LoadUncalibrated(backbone);
            using var uncalibrated = headless.With(golden.Convolutions);
            Assert.Equal(trunk.Name, uncalibrated.Trunk.Name);
            if (golden.Wants("baseline_no_lin"))
                golden.Check("baseline_no_lin", Value(golden, uncalibrated, PixelRange.MinusOneToOne));
            using var lpips = settings.Flag("lpips", true) ? PerceptualModel.LoadLpips(backbone, heads, version) : null;
            using var calibrated = lpips?.With(golden.Convolutions);
            CheckDistances(golden, calibrated ?? uncalibrated);
            CheckFeatures(golden, calibrated ?? uncalibrated);
            golden.NoteFastLayers((calibrated ?? uncalibrated).Network);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void WriteFiles(GoldenCase golden, string backbone, string heads)
    {
        using var weights = golden.Weights();
        SafetensorsFile.Write(backbone, weights.Where(pair => pair.Key.StartsWith(Trunk, StringComparison.Ordinal)));
        SafetensorsFile.Write(heads, weights.Where(pair => !pair.Key.StartsWith(Trunk, StringComparison.Ordinal)));
        if (golden.Settings.Has(StateKeys))
            CheckNames(golden.Settings.Node(StateKeys).AsObject(), weights);
    }

    // "net.slice2.5.weight" is torchvision's "features.5.weight"; "lins.0" repeats "lin0".
    private static void CheckNames(JsonObject names, StateDictionary weights)
    {
        foreach (var (name, shape) in names.Where(pair => !pair.Key.StartsWith("lins.", StringComparison.Ordinal)))
        {
            var key = name.StartsWith("net.", StringComparison.Ordinal) ? Trunk + string.Join('.', name.Split('.')[2..]) : name;
            Assert.Equal(shape!.AsArray().Select(size => size!.GetValue<long>()), weights[key].shape);
        }
    }

    private static void CheckDistances(GoldenCase golden, PerceptualModel model)
    {
        var settings = golden.Settings;
        var range = settings.Flag("normalize", false) ? PixelRange.ZeroToOne : PixelRange.MinusOneToOne;
        var (first, second) = (golden.Inputs["in0"], golden.Inputs["in1"]);
        using var distances = model.Distances(first, second, range, spatial: true);
        golden.Check("value", settings.Flag("spatial", false) ? distances.Map! : AsReference(distances.Total));
        golden.Check("spatial", distances.Map!);
        if (!settings.Flag("spatial", false))
            CheckExported(golden, model, ("image", Symmetric(first, range)), ("reference", Symmetric(second, range)));
        for (var layer = 0; layer < distances.Layers.Count; layer++)
            golden.Check($"per_layer.{layer}", AsReference(distances.Layers[layer]));
        if (golden.Wants("value_normalize"))
            golden.Check("value_normalize", AsReference(model.Distance(golden.Inputs["in0_unit"], golden.Inputs["in1_unit"], PixelRange.ZeroToOne)));
        golden.Check("value_self", AsReference(model.Distance(first, first, range)));
    }

    private static void CheckExported(GoldenCase golden, PerceptualModel model, params (string Name, Tensor Value)[] images) => golden.CheckExported(
        "value", () => OnnxGraphs.Distance(model.Network, model.Description), "distance", AsReference, images);

    private static Tensor Symmetric(Tensor images, PixelRange range) => range == PixelRange.ZeroToOne ? (Real(2) * images) - Real(1) : images;

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

    private static Tensor Value(GoldenCase golden, PerceptualModel model, PixelRange range) =>
        AsReference(model.Distance(golden.Inputs["in0"], golden.Inputs["in1"], range));

    private static Tensor AsReference(Tensor values) => values.view(-1, 1, 1, 1);   // [B] -> [B, 1, 1, 1]
}
