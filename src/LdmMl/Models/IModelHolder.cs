namespace LdmMl.Models;

/// <summary>A transformer that holds a network.</summary>
/// <typeparam name="TModel">The handle.</typeparam>
internal interface IModelHolder<out TModel>
    where TModel : class, IDisposable
{
    /// <summary>Gets the handle that the transformer holds.</summary>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    TModel Model { get; }
}
