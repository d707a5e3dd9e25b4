using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>Builds tensors from their descriptions. A contiguous tensor is a view of its storage, so tied weights stay tied; others are copied
/// once.</summary>
internal static class TensorBuilder
{
    /// <summary>Builds the tensors of a checkpoint.</summary>
    /// <param name="items">The tensors.</param>
    /// <param name="storages">Their contents.</param>
    /// <param name="metadata">What the checkpoint says about itself; null for nothing.</param>
    /// <returns>The tensors in the given order.</returns>
    public static StateDictionary Build(IReadOnlyList<NamedTensor> items, IStorages storages, IReadOnlyDictionary<string, string>? metadata = null)
    {
        TensorLayout.Check(items);
        TorchRuntime.EnsureLoaded();

        var ofStorage = items.ToLookup(item => item.Tensor.Storage);
        using var built = new StateDictionary();
        foreach (var (storage, content) in storages.Read([.. ofStorage.Select(group => group.Key)]))
        {
            using (content)
            {
                foreach (var (key, tensor) in ofStorage[storage])
                    built.Add(key, Build(tensor, content));
            }
        }
        return InOrder(items, built, metadata);
    }

    private static Tensor Build(TensorReference tensor, Tensor storage)
    {
        if (tensor.Shape.Contains(0))
            return empty(tensor.Shape, dtype: storage.dtype, device: CPU);
        using var scope = NewDisposeScope();
        var view = storage.as_strided(tensor.Shape, tensor.Strides, tensor.Offset);
        return scope.MoveToOuter(view.contiguous());
    }

    private static StateDictionary InOrder(IReadOnlyList<NamedTensor> items, StateDictionary built, IReadOnlyDictionary<string, string>? metadata)
    {
        var result = new StateDictionary(metadata);
        foreach (var (key, _) in items)
            result.Add(key, built[key].alias());
        return result;
    }
}
