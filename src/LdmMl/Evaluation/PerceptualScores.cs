using LdmMl.Models;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Evaluation;

/// <summary>Takes pairs of images through a perceptual model.</summary>
internal static class PerceptualScores
{
    /// <summary>Measures every pair of two batches, in their order.</summary>
    /// <exception cref="InvalidDataException">A distance is not finite.</exception>
    public static float[] Of(PerceptualModel model, PixelBatch references, PixelBatch candidates)
    {
        var distances = new float[references.Count];
        foreach (var slots in references.GroupsOfOneSize())
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            var computed = ForwardLock.Run(
                model.Device, () => model.Distance(references.Planes(slots), candidates.Planes(slots), PixelRange.ZeroToOne));
            var values = computed.cpu().data<float>().ToArray();
            for (var row = 0; row < slots.Length; row++)
                distances[slots[row]] = values[row];
        }

        return Array.TrueForAll(distances, float.IsFinite)
            ? distances
            : throw new InvalidDataException($"{model.Name} gave NaN or infinity for finite images. Check its weights.");
    }
}
