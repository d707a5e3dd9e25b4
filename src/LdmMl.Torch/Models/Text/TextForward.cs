using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Tokens;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Text;

/// <summary>
/// One pass through the text encoders. Each text is encoded by itself, so that its bits do not depend on what it is encoded with.
/// </summary>
internal sealed class TextForward(SharedNetwork network, IReadOnlyList<TextPart> parts)
{
    /// <summary>Encodes one row.</summary>
    /// <param name="texts">The text for each encoder.</param>
    public TextEncoding Encode(IReadOnlyList<string> texts)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor? pooled = null;
        var context = NonFiniteSearch.Run(network, "reading a text", [], () =>
        {
            var outputs = parts.Select((part, place) => Run(part, ((TextNetworks)network.Module).All[place], texts[place])).ToArray();
            pooled = outputs[^1].Pooled;
            return outputs is [var only] ? only.Context : cat([.. outputs.Select(output => output.Context)], dim: -1);
        });
        return new TextEncoding(Kept(scope, context), pooled is null ? null : Kept(scope, pooled));
    }

    private static Tensor Kept(TorchSharp.DisposeScope scope, Tensor tensor) => scope.MoveToOuter(tensor.to(CPU, copy: true));

    private (Tensor Context, Tensor? Pooled) Run(TextPart part, TextNetwork encoder, string text)
    {
        var row = TokenRow.Of(part.Tokenizer.Tokenize(text), part.Tokenizer.Frame);
        var ids = tensor(row.Ids, device: network.Device).unsqueeze(0);                       // [1, T]
        var kept = part.UsesMask ? row.Mask().to(network.Device).unsqueeze(0) : null;
        return Run(part, encoder, ids, kept);
    }

    /// <summary>Runs one of the networks.</summary>
    public static (Tensor Context, Tensor? Pooled) Run(TextPart part, TextNetwork encoder, Tensor ids, Tensor? kept)   // [B, T] -> [B, T, C], [B, P]
    {
        using var scope = NewDisposeScope();
        var states = encoder.HiddenStates(ids, kept);
        var chosen = states[states.Count - 1 - part.Rule.SkippedLayers];
        var context = part.Rule.Normalized ? encoder.Normalize(chosen) : chosen;
        if (encoder is not ClipTextNetwork clip)
            return (scope.MoveToOuter(context), null);
        var last = part.Rule == ContextRule.Last ? context : clip.Normalize(states[^1]);
        return (scope.MoveToOuter(context), scope.MoveToOuter(clip.Embed(last, ids)));
    }
}
