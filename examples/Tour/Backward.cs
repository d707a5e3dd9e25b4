using LdmMl.Torch.Generation;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Tour;

/// <summary>The backward process: what it has after some of its steps, and below what the network takes the image to be.</summary>
internal static class Backward
{
    private static readonly int[] Shown = [1, 5, 9, 12, 15, 18, 21, 25];

    public static IReadOnlyList<IReadOnlyList<MLImage>> Draw(LatentDiffusionModel model)
    {
        var labels = (LabelConditioning)model.Config.Conditioning;
        var batch = new GenerationBatch { Seeds = [11, 19], Labels = [labels.IndexOf("Smileys & Emotion"), labels.IndexOf("Flags")] };
        List<MLImage>[] lines = [[], [], [], []];
        using var latents = model.GenerateLatents(batch, new GenerationSettings { GuidanceScale = 2 }, onStep: progress =>
        {
            if (!Shown.Contains(progress.Step))
                return;
            Add(progress.State, first: 0);
            Add(progress.Start, first: 1);
        });
        return lines;

        void Add(Tensor latents, int first)
        {
            using var images = model.Autoencoder.Decode(latents);
            foreach (var (row, image) in Pictures.Of(images).Index())
                lines[(2 * row) + first].Add(image);
        }
    }
}
