using LdmMl;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Tour;

/// <summary>The backward process: the state after some of its steps, and below it the clean image that the network predicts.</summary>
internal static class Backward
{
    private static readonly int[] Shown = [1, 5, 9, 12, 15, 18, 21, 25];

    public static IReadOnlyList<ImageGroup> Draw(LatentDiffusionModel model)
    {
        var labels = (LabelConditioning)model.Config.Conditioning;
        var batch = new GenerationBatch { Seeds = [31, 28], Labels = [labels.IndexOf("Smileys & Emotion"), labels.IndexOf("Flags")] };
        List<MLImage>[] lines = [[], [], [], []];
        using var latents = model.GenerateLatents(batch, new GenerationSettings { GuidanceScale = 2 }, new StepProgress(step =>
        {
            if (!Shown.Contains(step.Step))
                return;
            Add(step.State, first: 0);
            Add(step.Start, first: 1);
        }));
        return [.. lines.Select((line, index) => new ImageGroup(index % 2 == 0 ? "state" : "preview", line))];

        void Add(Tensor latents, int first)
        {
            foreach (var (row, image) in model.Autoencoder.DecodeImages(latents).Index())
                lines[(2 * row) + first].Add(image);
        }
    }
}
