using LdmMl.Internals;

namespace LdmMl.Models;

/// <summary>A network in a model file: written once, and shared by all transformers of a chain that hold it.</summary>
internal static class SharedModelEntry
{
    /// <summary>Reads a network and creates the transformer that holds it.</summary>
    /// <param name="reader">The model file.</param>
    /// <param name="share">Opens another handle on what a transformer holds.</param>
    /// <param name="read">Reads the network from the folder given.</param>
    /// <param name="create">Makes the transformer, which opens a handle of its own.</param>
    public static TTransformer Read<TModel, TTransformer>(
        ModelReader reader, Func<TModel, TModel> share, Func<string, TModel> read, Func<TModel, TTransformer> create)
        where TModel : class, IDisposable
        where TTransformer : IModelHolder<TModel>
    {
        using var model = reader.ReadShared(held => ShareIfAlive(held, share), read, out var place);
        var transformer = create(model);
        reader.Hold(place, transformer.Model);
        return transformer;
    }

    private static TModel? ShareIfAlive<TModel>(TModel held, Func<TModel, TModel> share)
        where TModel : class
    {
        try
        {
            return share(held);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }
}
