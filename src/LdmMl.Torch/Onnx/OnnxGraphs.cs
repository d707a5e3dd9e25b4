using System.Globalization;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Features.Inception;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.UNets;
using Onnx;
using static TorchSharp.torch;

namespace LdmMl.Torch.Onnx;

/// <summary>Creates the graph of each network.</summary>
internal static class OnnxGraphs
{
    private static readonly TensorProto.Types.DataType Float = TensorProto.Types.DataType.Float;

    /// <summary>An encoder: from <c>sample</c>, an image, to <c>latent_parameters</c> (mean and log variance) or <c>latent_sample</c>, unscaled.</summary>
    public static Graph Encoder(nn.Module network, AutoencoderConfig config)
    {
        var graph = Describe(new Graph("vae_encoder", network.state_dict()), config);
        var images = graph.Input("sample", Float, "batch", config.ImageChannels, "height", "width");
        var encoded = config is ConvolutionalAutoencoderConfig convolutional
            ? new ConvolutionalGraph(graph, convolutional).Encode(images)
            : new TinyGraph(graph, (TinyAutoencoderConfig)config).Encode(images);
        var (name, channels) = config.HasPosterior ? ("latent_parameters", 2 * config.LatentChannels) : ("latent_sample", config.LatentChannels);
        graph.Output(name, encoded, "batch", channels, "latent_height", "latent_width");
        return graph;
    }

    /// <summary>A decoder: from <c>latent_sample</c>, unscaled, to <c>sample</c>, an image, not clamped.</summary>
    public static Graph Decoder(nn.Module network, AutoencoderConfig config)
    {
        var graph = Describe(new Graph("vae_decoder", network.state_dict()), config);
        var latents = graph.Input("latent_sample", Float, "batch", config.LatentChannels, "latent_height", "latent_width");
        var given = config is VqAutoencoderConfig ? new CodebookGraph(graph, config.LatentChannels).Quantize(latents) : latents;
        var decoded = config is ConvolutionalAutoencoderConfig convolutional
            ? new ConvolutionalGraph(graph, convolutional).Decode(given)
            : new TinyGraph(graph, (TinyAutoencoderConfig)config).Decode(given);
        graph.Output("sample", decoded, "batch", config.ImageChannels, "height", "width");
        return graph;
    }

    /// <summary>A U-Net: from <c>sample</c>, <c>timestep</c> and its conditions to <c>out_sample</c>.</summary>
    public static Graph Unet(UNet network)
    {
        var graph = new Graph("unet", network.state_dict());
        new UNetGraph(graph, network.Config).Build();
        return graph;
    }

    /// <summary>The tokens of a model that takes labels as context: from <c>class_labels</c> to <c>encoder_hidden_states</c>.</summary>
    public static Graph LabelTokens(LabelEmbedding network)
    {
        var graph = new Graph("label_tokens", network.state_dict());
        var labels = graph.Input("class_labels", TensorProto.Types.DataType.Int64, "batch");
        var rows = graph.Add("Gather", [graph.Weight("weight"), labels], ("axis", 0L));
        graph.Output("encoder_hidden_states", graph.Reshape(rows, 0, 1, -1), "batch", 1, graph.ShapeOf("weight")[1]);
        return graph;
    }

    /// <summary>A text encoder: from <c>input_ids</c> to its context, and to the pooled text if it has one.</summary>
    public static Graph Text(TextNetwork network, TextPart part)
    {
        var graph = new Graph(part.Name, network.state_dict());
        new TextGraph(graph, part).Build();
        return graph;
    }

    /// <summary>A perceptual distance: from <c>image</c> and <c>reference</c> in [-1, 1] to <c>distance</c>.</summary>
    public static Graph Distance(PerceptualNetwork network, PerceptualDescription description)
    {
        var graph = InUnitRange(new Graph("perceptual_distance", network.state_dict()), description.Name);
        new PerceptualGraph(graph, description).BuildDistance();
        return graph;
    }

    /// <summary>The mean activations of a perceptual distance's trunk: from <c>image</c> in [-1, 1] to <c>features</c>.</summary>
    public static Graph Features(PerceptualNetwork network, PerceptualDescription description)
    {
        var graph = InUnitRange(new Graph("features", network.state_dict()), $"mean activations of {description.TrunkName}");
        new PerceptualGraph(graph, description).BuildFeatures();
        return graph;
    }

    /// <summary>Inception: from <c>image</c> in [-1, 1], of any size, to <c>features</c>.</summary>
    public static Graph Inception(InceptionNetwork network)
    {
        var graph = InUnitRange(new Graph("features", network.state_dict()), "Inception-v3 pool3");
        new InceptionGraph(graph).Build();
        return graph;
    }

    private static Graph InUnitRange(Graph graph, string network)
    {
        graph.Metadata["network"] = network;
        graph.Metadata["pixel_range"] = "-1 to 1";
        return graph;
    }

    private static Graph Describe(Graph graph, AutoencoderConfig config)
    {
        graph.Metadata["pixel_range"] = config.PixelRange == Tensors.PixelRange.MinusOneToOne ? "-1 to 1" : "0 to 1";
        graph.Metadata["downsample_factor"] = config.DownsampleFactor.ToString(CultureInfo.InvariantCulture);
        graph.Metadata["scaling_factor"] = config.LatentScale.ToString("R", CultureInfo.InvariantCulture);
        graph.Metadata["shift_factor"] = config.LatentShift.ToString("R", CultureInfo.InvariantCulture);
        if (config is KlAutoencoderConfig { LatentMeans: { } means, LatentDeviations: { } deviations })
        {
            graph.Metadata["latents_mean"] = string.Join(' ', means.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
            graph.Metadata["latents_std"] = string.Join(' ', deviations.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
        }

        return graph;
    }
}
