using Microsoft.ML.Runtime;

namespace LdmMl.Internals;

/// <summary>A transformer that a model file can hold.</summary>
/// <typeparam name="TSelf">The transformer.</typeparam>
internal interface IStoredTransformer<TSelf>
    where TSelf : IStoredTransformer<TSelf>
{
    static abstract StoredModelKind Kind { get; }

    static abstract TSelf Read(IHostEnvironment environment, ModelReader reader);
}
