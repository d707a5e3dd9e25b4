using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Storage;
using LdmMl.Torch.Models.Text.Tokens;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Onnx;
using LdmMl.Torch.Tests.Onnx;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Latent diffusion's own text encoders, with the keys of CompVis' checkpoints.</summary>
internal sealed class LdmTextRunner : IGoldenRunner
{
    public string Group => "ldm-text";

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var settings = golden.Settings;
        var stage = settings.Object("cond_stage_config");
        using var stored = golden.Weights();
        using var bare = stored.Select("cond_stage_model.transformer.");
        using var weights = TextKeys.LatentDiffusion(bare);
        var config = LdmTextFiles.Infer(weights);
        golden.Require(config == Described(stage), $"the shape is {config}");
        using var network = new LdmTextNetwork(config);
        network.eval();
        ModuleWeights.Load(network, weights, golden.Name);

        var ids = golden.Inputs["tokens"];
        if (settings.Has("texts"))
        {
            var tokenizer = TokenizerFolders.Bert(settings.Text("vocab"));
            var rows = settings.Texts("texts").Select(text => tensor(TokenRow.Of(tokenizer.Tokenize(text), tokenizer.Frame).Ids)).ToList();
            golden.Require(stack(rows).equal(ids).all().item<bool>(), "the texts have other tokens");
        }

        var states = network.HiddenStates(ids, kept: null);
        golden.Check("embeddings", states[0]);
        for (var index = 0; index < states.Count; index++)
            golden.Check($"hiddens.{index}", states[index]);
        golden.Check("z", network.Normalize(states[^1]));
        golden.CheckExported(
            "z", () => OnnxGraphs.Text(network, OnnxInputs.Part(network, ContextRule.Last)), "last_hidden_state", ("input_ids", ids.to(ScalarType.Int32)));
    }

    private static LdmTextConfig Described(CaseSettings stage)
    {
        _ = stage.Choice("target", "", ("ldm.modules.encoders.modules.TransformerEmbedder", 0), ("ldm.modules.encoders.modules.BERTEmbedder", 0));
        var parameters = stage.Object("params");
        var width = parameters.Int("n_embed");
        return new LdmTextConfig
        {
            VocabularySize = parameters.Int("vocab_size", 30522),
            Width = width,
            FeedForwardWidth = 4 * width,
            Layers = parameters.Int("n_layer"),
            Heads = LdmTextConfig.UsualHeads,
            Positions = parameters.Int("max_seq_len", 77),
        };
    }
}
