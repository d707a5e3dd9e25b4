using System.Runtime.InteropServices;
using LdmMl.Models;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Evaluation;

/// <summary>Runs a network on the images of a batch; images of the same size run together.</summary>
internal static class BatchForward
{
    /// <summary>Computes the features of all images, [Count, D], in the order of the batch, whatever their sizes.</summary>
    public static float[] Features(FeatureModel model, PixelBatch batch)
    {
        var features = new float[batch.Count * model.Dimensions];
        foreach (var slots in batch.GroupsOfOneSize())
        {
            using var scope = NewDisposeScope();
            var computed = ForwardLock.Run(model.Device, () => model.Features(batch.Planes(slots), PixelRange.ZeroToOne));
            ReadOnlySpan<float> rows = MemoryMarshal.Cast<byte, float>(computed.bytes);
            for (var row = 0; row < slots.Length; row++)
                rows.Slice(row * model.Dimensions, model.Dimensions).CopyTo(features.AsSpan(slots[row] * model.Dimensions));
        }

        return features;
    }

    /// <summary>Measures the perceptual distance of every pair of two batches, in their order.</summary>
    /// <exception cref="InvalidDataException">A distance is not finite.</exception>
    public static float[] Distances(PerceptualModel model, PixelBatch references, PixelBatch candidates)
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
            : throw new InvalidDataException($"{model.Name} output NaN or infinity for finite images. Check its weights.");
    }
}
