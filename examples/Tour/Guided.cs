using LdmMl.Torch.Generation;
using Microsoft.ML.Data;

namespace Tour;

/// <summary>The same seeds with no guidance, with some and with much of it.</summary>
internal static class Guided
{
    public static IReadOnlyList<IReadOnlyList<MLImage>> Draw(LatentDiffusionModel model)
    {
        var labels = (LabelConditioning)model.Config.Conditioning;
        var batch = new GenerationBatch
        {
            Seeds = [1, 2, 3, 4, 1, 2, 3, 4],
            Labels = [.. Enumerable.Repeat(labels.IndexOf("Smileys & Emotion"), 4), .. Enumerable.Repeat(labels.IndexOf("Flags"), 4)],
        };
        return [.. new[] { 1.0, 2, 5 }.Select(scale =>
        {
            using var images = model.Generate(batch, new GenerationSettings { GuidanceScale = scale });
            return Pictures.Of(images);
        })];
    }
}
