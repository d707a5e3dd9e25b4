using LdmMl;
using LdmMl.Torch.Generation;

namespace Tour;

/// <summary>The same seeds without guidance, with some and with much of it.</summary>
internal static class Guided
{
    private static readonly int[] Scales = [1, 2, 5];

    public static IReadOnlyList<ImageGroup> Draw(LatentDiffusionModel model) => [.. Scales.Select(scale =>
    {
        var settings = new GenerationSettings { GuidanceScale = scale };
        return new ImageGroup(
            $"guidance {scale}",
            [.. model.Generate("Smileys & Emotion", [9, 28, 31, 7], settings), .. model.Generate("Flags", [8, 17, 28, 29], settings)]);
    })];
}
