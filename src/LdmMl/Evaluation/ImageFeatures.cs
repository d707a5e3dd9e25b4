using System.Runtime.InteropServices;
using LdmMl.Models;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Evaluation;

/// <summary>Takes a batch of images through a feature model.</summary>
internal static class ImageFeatures
{
    /// <summary>Computes the features of all images, [Count, D], in the order of the batch, whatever their sizes.</summary>
    public static float[] Of(FeatureModel model, PixelBatch batch)
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
}
