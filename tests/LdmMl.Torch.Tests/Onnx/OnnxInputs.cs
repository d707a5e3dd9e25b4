using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Tokens;
using LdmMl.Torch.Models.UNets;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Onnx;

/// <summary>What exported networks are given.</summary>
internal static class OnnxInputs
{
    /// <summary>The inputs of a U-Net, by the graph's names.</summary>
    public static (string Name, Tensor Value)[] Of(Tensor states, Tensor timesteps, UNetConditions conditions)
    {
        var sample = conditions.Concatenated is { } more ? cat([states, more], dim: 1) : states;
        List<(string, Tensor)> inputs = [("sample", sample), ("timestep", timesteps.to(ScalarType.Float32))];
        if (conditions.Context is { } context)
            inputs.Add(("encoder_hidden_states", context));
        if (conditions.Labels is { } labels)
            inputs.Add(("class_labels", labels.to(ScalarType.Int64)));
        if (conditions.Vectors is { } vectors)
            inputs.Add(("vectors", vectors));
        return [.. inputs];
    }

    /// <summary>A text encoder with a rule for its context, and no tokenizer.</summary>
    public static TextPart Part(TextNetwork network, ContextRule rule) => new("text_encoder", network.Config, rule, Tokenizer: null!, Files: null!);
}
