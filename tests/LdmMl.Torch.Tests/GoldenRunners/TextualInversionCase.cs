using System.Text.Json;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Tokens;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// A text encoder with words added from files: tokens, states, and the added rows. A name with a slash is one file in several formats.
/// </summary>
internal sealed class TextualInversionCase(GoldenCase golden)
{
    private readonly CaseSettings settings = golden.Settings;

    /// <summary>Gets the key that only these cases have.</summary>
    public const string Mark = "added_tokens";

    public void Check()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var choices = Files().Select(name => name.Split('/', StringSplitOptions.TrimEntries)).ToArray();
        var word = settings.Has("token") ? settings.Text("token") : null;
        for (var format = 0; format < choices.Max(names => names.Length); format++)
        {
            using var model = LatentDiffusionModel.Load(golden.PathOf(settings.Text("model")));
            var before = model.ComputeWeightHash();
            var taught = model.Share();
            foreach (var names in choices)
            {
                using var known = taught;
                taught = known.WithEmbedding(golden.PathOf(names[Math.Min(format, names.Length - 1)]), word);
            }

            using (taught)
                CheckEncoder((TextEncoderModel)taught.TextEncoder!);
            golden.Require(before == model.ComputeWeightHash(), "the model without the words is not as it was");
        }
    }

    private void CheckEncoder(TextEncoderModel encoder)
    {
        var (part, network) = (encoder.Parts[0], (ClipTextNetwork)encoder.Networks.All[0]);
        var added = settings.Object(Mark);
        var first = settings.Int("vocab_size_before", added.Keys.Min(added.Int));
        foreach (var token in added.Keys)
            golden.Require(part.Tokenizer.Tokenize(token)[0] == added.Int(token), $"'{token}' has the number {part.Tokenizer.Tokenize(token)[0]}");

        var ids = Ids(part, settings.Texts("prompts"));
        golden.Check("input_ids", ids);
        settings.Describes("prompts_after_expansion");               // the text of input_ids; here a word stands for all its tokens
        var last = network.Normalize(network.HiddenStates(ids, kept: null)[^1]);
        golden.Check("last_hidden_state", last);
        golden.Check("pooler_output", network.Pool(last, ids));
        var table = network.state_dict()["text_model.embeddings.token_embedding.weight"];
        golden.Check("new_rows", table.narrow(0, first, added.Keys.Count()));
    }

    private string[] Files()
    {
        if (settings.Kind("files") != JsonValueKind.Object)
            return settings.Has("file") ? [settings.Text("file")] : settings.Texts("files");
        var files = settings.Object("files");
        files.Describes([.. files.Keys]);                            // what each holds
        return [.. files.Keys];
    }

    private static Tensor Ids(TextPart part, string[] texts) =>
        stack(texts.Select(text => tensor(TokenRow.Of(part.Tokenizer.Tokenize(text), part.Tokenizer.Frame).Ids)).ToList());
}
