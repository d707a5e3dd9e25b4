using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models.UNets.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation.Loras;

/// <summary>Merges LoRA files into a copy of a model's weights (Hu et al. 2021, section 4.1): W + weight * alpha / rank * up x down.</summary>
internal static class LoraMerge
{
    /// <param name="files">The files, in the order in which they are added.</param>
    /// <param name="unet">The U-Net, changed in place.</param>
    /// <param name="text">The text encoders, changed in place; null if the model has none open.</param>
    /// <returns>The result for each file.</returns>
    /// <exception cref="CheckpointException">A file was made for another model.</exception>
    public static IReadOnlyList<WeightedLora> Into(LoraFiles files, UNet unet, TextNetworks? text)
    {
        using var noGradient = no_grad();
        using var targets = new LoraTargets();
        var stored = targets.Add(unet);
        foreach (var (part, network) in new[] { LoraPart.TextEncoder, LoraPart.SecondTextEncoder }.Zip(text?.All ?? []))
            targets.Add(part, network);
        var merged = files.All.Select(file => CheckpointErrors.Translate(file.Lora.Path, () => Add(file, targets))).ToArray();

        // The parts of a joint projection of queries, keys and values were changed in copies.
        if (files.ChangeUNet && unet.Config.ContextDimension is null)
        {
            using var own = UNetWeights.ToCompVis(unet.Config, stored);
            ModuleWeights.Load(unet, own, nameof(UNet));
        }

        return merged;
    }

    private static WeightedLora Add(LoraFile file, LoraTargets targets)
    {
        var found = file.Layers.Select(layer => (Layer: layer, Target: targets.Find(layer.Part, layer.Name))).ToArray();
        RefuseOtherModels(found);
        var changed = new HashSet<(LoraPart, string)>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (layer, target) in found)
        {
            if (target is not var (key, weight))
                continue;
            if (!changed.Add((layer.Part, key)))
                throw new InvalidDataException($"'{layer.Keys[0]}' changes '{key}', which another of its keys changes too; the file mixes two naming schemes.");
            layer.AddTo(weight, file.Lora.Weight);
            used.UnionWith(layer.Keys);
        }

        return file.Lora with { Layers = changed.Count, UnusedKeys = file.Without(used) };
    }

    private static void RefuseOtherModels(IReadOnlyList<(LoraLayer Layer, (string Key, Tensor Weight)? Target)> found)
    {
        foreach (var (layer, target) in found)
        {
            if (target is var (key, weight) && !layer.Fits(weight.shape))
            {
                throw new InvalidDataException(
                    $"it was made for another model: '{layer.Keys[0]}' changes a weight {layer.Needs()}, but '{key}' of this model is "
                    + $"{weight.ShapeText()}. Use it with the model that it was made for, usually named in its description or its 'ss_' metadata.");
            }
        }

        foreach (var part in found.GroupBy(entry => entry.Layer.Part).Where(part => part.All(entry => entry.Target is null)))
        {
            var what = part.Key switch
            {
                LoraPart.UNet => "this model's U-Net does not have the layers",
                LoraPart.TextEncoder => "this model's text encoder does not have the layers",
                _ => "this model has no second text encoder, as SDXL does, for the layers",
            };
            throw new InvalidDataException(
                $"it was made for another model: {what} that {part.Count()} of its entries change, such as '{part.First().Layer.Keys[0]}'.");
        }
    }
}
