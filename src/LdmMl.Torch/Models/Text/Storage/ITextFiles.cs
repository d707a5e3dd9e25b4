using LdmMl.Torch.Checkpoints;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>The files of a text encoder, wherever they lie.</summary>
internal interface ITextFiles
{
    /// <summary>Gets what messages call them.</summary>
    string Source { get; }

    /// <summary>Says whether a component that the index names is there: a model can be passed on without its text encoder.</summary>
    bool Has(string component);

    /// <summary>Reads a configuration, such as <c>text_encoder/config.json</c>.</summary>
    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    T ReadConfig<T>(string name, Func<Stream, T> read);

    /// <summary>Reads the weights of a component; the caller disposes them.</summary>
    /// <exception cref="CheckpointException">They are missing or damaged.</exception>
    StateDictionary ReadWeights(string component);

    /// <summary>Reads the files of a tokenizer, such as those of <c>tokenizer/</c>.</summary>
    /// <param name="component">Its folder.</param>
    /// <param name="names">The files that there are, where the model says it; null for those that lie there.</param>
    /// <exception cref="CheckpointException">One is damaged.</exception>
    TokenizerFiles ReadTokenizer(string component, IReadOnlyList<string>? names);
}
