using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Tokens;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Onnx;
using LdmMl.Torch.Tensors;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Onnx;

/// <summary>Whole models as folders of ONNX files; that each kind of network computes the same is shown by the golden cases.</summary>
public sealed class OnnxExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(SmallDiffusion.Kinds), MemberType = typeof(SmallDiffusion))]
    public void Every_kind_of_model_computes_the_same_in_ONNX_Runtime_for_any_batch_and_size(string kind)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = SmallDiffusion.Create(kind);
        model.SaveAsOnnx(folder.Path);
        var config = model.Network.Config;
        using var session = Open("unet/model.onnx");

        foreach (var (rows, height, width) in new[] { (1, 8, 8), (3, 6, 10) })
        {
            var states = randn(rows, config.InputChannels, height, width);
            var conditions = new UNetConditions(
                config.ContextDimension is { } dimension ? randn(rows, 5, dimension) : null,
                config.LabelCount is { } labels ? arange(Whole(rows), dtype: ScalarType.Int64) % Whole(labels) : null);
            var times = tensor(Enumerable.Range(0, rows).Select(row => 3f + (200 * row)).ToArray());

            using var exported = OnnxRun.Run(session, "out_sample", OnnxInputs.Of(states, times, conditions));

            Close(model.Network.Predict(states, times, conditions), exported);
        }
    }

    [Fact]
    public void One_time_serves_all_rows()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = SmallDiffusion.Create();
        model.SaveAsOnnx(folder.Path);
        using var session = Open("unet/model.onnx");
        var states = randn(2, 4, 8, 8);

        using var exported = OnnxRun.Run(session, "out_sample", ("sample", states), ("timestep", tensor(new[] { 31f })));

        Close(model.Network.Predict(states, tensor(new[] { 31f, 31f }), UNetConditions.None), exported);
    }

    [Fact]
    public void Label_tokens_are_a_network_of_their_own()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("label tokens");
        model.SaveAsOnnx(folder.Path);
        using var session = Open("label_tokens/model.onnx");

        using var exported = OnnxRun.Run(session, "encoder_hidden_states", ("class_labels", tensor(new long[] { 2, 0 })));

        Assert.Equal([2, 1, SmallDiffusion.ContextDimension], exported.shape);
        Close(model.Denoiser.LabelTokens!.call(tensor(new long[] { 2, 0 })).unsqueeze(1), exported);
    }

    [Fact]
    public void The_autoencoder_of_a_model_goes_both_ways_with_the_scale_of_the_metadata()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        model.Autoencoder.SaveAsOnnx(folder.Path);
        using var encoder = Open("vae_encoder/model.onnx");
        using var decoder = Open("vae_decoder/model.onnx");
        var images = rand(2, 3, 10, 14) * Real(2) - Real(1);
        var scale = double.Parse(encoder.ModelMetadata.CustomMetadataMap["scaling_factor"], System.Globalization.CultureInfo.InvariantCulture);

        using var parameters = OnnxRun.Run(encoder, "latent_parameters", ("sample", images));
        var raw = parameters.chunk(2, dim: 1)[0];
        using var decoded = OnnxRun.Run(decoder, "sample", ("latent_sample", raw));

        Assert.Equal(0.7, scale);
        Assert.Equal("-1 to 1", decoder.ModelMetadata.CustomMetadataMap["pixel_range"]);
        Close(model.Autoencoder.Encode(images), raw * Real(scale));
        Close(model.Autoencoder.Reconstruct(images), decoded.clamp(Real(-1), Real(1)));
    }

    [Fact]
    public void A_text_encoder_has_its_tokenizer_beside_it_and_gives_the_same_context()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(
            Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img"));
        model.SaveAsOnnx(folder.Path);
        var encoder = (TextEncoderModel)model.TextEncoder!;
        var part = encoder.Parts[0];
        using var session = Open("text_encoder/model.onnx");
        var ids = tensor(TokenRow.Of(part.Tokenizer.Tokenize("a cat with glasses"), part.Tokenizer.Frame).Ids).unsqueeze(0).to(ScalarType.Int32);

        using var exported = OnnxRun.Run(session, session.ModelMetadata.CustomMetadataMap["context_output"], ("input_ids", ids));

        Close(encoder.Encode(["a cat with glasses"]).Context, exported);
        Assert.True(File.Exists(folder.File("tokenizer/vocab.json")));
        Assert.Contains("\"OnnxStableDiffusionPipeline\"", File.ReadAllText(folder.File("model_index.json")), StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("scheduler/scheduler_config.json")));
    }

    [Fact]
    public void Weights_too_large_for_one_file_lie_beside_it()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        OnnxFile.Write(
            OnnxGraphs.Unet(model.Network), "unet.onnx", (name, write) =>
            {
                using var stream = File.Create(folder.File(name));
                write(stream);
            }, largestInside: 0);
        using var session = Open("unet.onnx");
        var states = randn(1, 4, 8, 8);

        using var exported = OnnxRun.Run(session, "out_sample", ("sample", states), ("timestep", tensor(new[] { 5f })));

        Assert.True(new FileInfo(folder.File("unet.onnx_data")).Length > 4 * model.Network.parameters().Sum(parameter => parameter.numel()));
        using var noGradient = no_grad();
        Close(model.Network.Predict(states, tensor(new[] { 5f }), UNetConditions.None), exported);
    }

    [Fact]
    public void Features_and_distances_are_single_files()
    {
        using var scope = NewDisposeScope();
        var trunk = Path.Combine(RealData.Repository, "examples", "models", "emoji-vgg.safetensors");
        using var distance = PerceptualModel.LoadUncalibrated(trunk);
        using var features = FeatureModel.Load(trunk);
        distance.SaveAsOnnx(folder.File("distance.onnx"));
        features.SaveAsOnnx(folder.File("features.onnx"));
        var (first, second) = (rand(2, 3, 32, 24), rand(2, 3, 32, 24));
        var (image, reference) = (("image", (Real(2) * first) - Real(1)), ("reference", (Real(2) * second) - Real(1)));

        using var distances = OnnxRun.Run(Open("distance.onnx"), "distance", image, reference);
        using var means = OnnxRun.Run(Open("features.onnx"), "features", image);

        Close(distance.Distance(first, second, PixelRange.ZeroToOne), distances);
        Close(features.Features(first, PixelRange.ZeroToOne), means);
    }

    [Fact]
    public void An_export_leaves_no_tensor_behind()
    {
        using var model = SmallDiffusion.Create("labels");
        model.SaveAsOnnx(folder.Path);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var i = 0; i < 3; i++)
            model.SaveAsOnnx(folder.Path);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private InferenceSession Open(string name) => new(folder.File(name));

    private static void Close(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        var largest = expected.abs().max().item<float>();
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, 2e-5f * largest);
    }
}
