using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Features.Inception;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Onnx;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Inception-v3 for FID: features of images of two sizes, and corners and means of the activations at each pooling.</summary>
internal sealed class InceptionRunner : IGoldenRunner
{
    public string Group => "inception";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var weights = golden.Weights();
        using var model = InceptionFeatureModel.Create(weights, golden.Folder, fileHash: "00000000").With(golden.Convolutions);
        using var network = new InceptionNetwork();
        InceptionWeights.Load(network, weights, golden.Folder);
        foreach (var (name, images) in Images(golden))
        {
            golden.Check($"{name}.pool3", model.Features(images, PixelRange.ZeroToOne));
            golden.CheckExported($"{name}.pool3", () => OnnxGraphs.Inception(network), "features", ("image", (Real(2) * images) - Real(1)));
            var first = network.FirstBlock(InferenceLayout.Enter(Real(2) * InceptionNetwork.Resize(images) - Real(1), suits: true, images.dtype));
            var second = network.SecondBlock(first.clone());
            foreach (var (index, block) in new[] { first, second, network.ThirdBlock(second.clone()) }.Index())
            {
                golden.Check($"{name}.block{index}.corner", block[.., ..8, ..4, ..4]);
                golden.Check($"{name}.block{index}.means", block.mean([2, 3]));
            }
        }
    }

    private static IEnumerable<(string Name, Tensor Images)> Images(GoldenCase golden)
    {
        foreach (var (name, bytes) in golden.Inputs)
            yield return (name, bytes.to(ScalarType.Float32) / Real(255));
        foreach (var (name, images) in golden.Settings.Objects("generated_inputs").Select(GeneratedTensors.Parameter))
            yield return (name, images);
    }
}
