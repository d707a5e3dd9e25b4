using System.Text.Json;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Tests.Onnx;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>The texts of one run of a pipeline, encoded as its pipeline encodes them.</summary>
internal sealed class PipelineTexts(
    GoldenCase golden, LatentDiffusionModel model, OnnxPipeline? exported, string name, string pipeline, CaseSettings call, bool guides)
{
    /// <summary>Encodes what the rows are steered to, and, with guidance, what they are steered away from; the caller disposes both.</summary>
    public (TextEncoding Wanted, TextEncoding? Unwanted) Encode(int rows, bool takesSecond)
    {
        var (texts, second) = (Texts("prompt", rows), takesSecond ? Texts2(rows) : null);
        var encoder = (TextEncoderModel)model.TextEncoder!;
        call.Describes("negative_prompt");                       // unused without guidance
        var negative = guides ? Negative(texts.Length) : null;
        var wanted = Of(encoder, texts, second);
        if (!guides)
            return (wanted, null);
        return (wanted, negative is not null
            ? Of(encoder, negative, second: null)
            : new TextEncoding(zeros_like(wanted.Context), wanted.Pooled is null ? null : zeros_like(wanted.Pooled)));
    }

    private TextEncoding Of(TextEncoderModel encoder, string[] texts, string[]? second)
    {
        IReadOnlyList<string>[] prompts = [.. encoder.Parts.Select((_, place) => place == 1 && second is not null ? second : texts)];
        return exported is null ? encoder.Encode(prompts) : exported.Encode(prompts);
    }

    // SDXL without a negative prompt: zeros; the others: an empty text.
    private string[]? Negative(int rows)
    {
        if (pipeline != "LDMTextToImagePipeline" && call.Has("negative_prompt"))
            return Texts("negative_prompt", rows);
        var takesZeros = pipeline == "StableDiffusionXLPipeline" && model.Config.Conditioning.CrossAttention!.Vector!.ZeroWithoutNegative;
        return takesZeros ? null : [.. Enumerable.Repeat("", rows)];
    }

    private string[]? Texts2(int rows) => call.Has("prompt_2") ? Texts("prompt_2", rows) : Nothing();

    private string[]? Nothing()
    {
        call.Describes("prompt_2");
        return null;
    }

    private string[] Texts(string key, int rows)
    {
        var texts = call.Kind(key) == JsonValueKind.String ? [call.Text(key)] : call.Texts(key);
        string[] repeated = [.. texts.SelectMany(text => Enumerable.Repeat(text, call.Int("num_images_per_prompt", 1)))];
        golden.Require(repeated.Length == rows, $"{name}: {repeated.Length} texts of '{key}' for {rows} rows");
        return repeated;
    }
}
