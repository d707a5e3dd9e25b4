using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl.Internals;

/// <summary>The loader that ML.NET finds through the assembly attributes in LoadableTransformers.cs, and calls through reflection.</summary>
internal static class StoredTransformerLoader<TTransformer>
    where TTransformer : IStoredTransformer<TTransformer>
{
    private static TTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(TTransformer.Kind.ToVersionInfo());
        return TTransformer.Read(env, new ModelReader(ctx));
    }
}
