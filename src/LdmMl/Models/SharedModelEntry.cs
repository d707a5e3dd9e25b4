using LdmMl.Internals;
using LdmMl.Torch.Models.Sharing;

namespace LdmMl.Models;

/// <summary>A network in a model file: written once, and shared by all transformers of a chain that hold it.</summary>
internal static class SharedModelEntry
{
    /// <summary>Reads a network and creates the transformer that holds it.</summary>
    /// <param name="reader">The model file.</param>
    /// <param name="read">Reads the network from the folder given.</param>
    /// <param name="create">Creates the transformer, which opens a separate handle.</param>
    public static TTransformer Read<TModel, TTransformer>(ModelReader reader, Func<string, TModel> read, Func<TModel, TTransformer> create)
        where TModel : ModelHandle<TModel>
        where TTransformer : ModelTransformer<TModel>
    {
        using var model = reader.ReadShared(ShareIfAlive, read, out var place);
        var transformer = create(model);
        reader.Hold(place, transformer.Model);
        return transformer;
    }

    private static TModel? ShareIfAlive<TModel>(TModel held)
        where TModel : ModelHandle<TModel>
    {
        try
        {
            return held.Share();
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }
}
