using LdmMl.Torch.Checkpoints;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>The files of a text encoder, wherever they are stored.</summary>
internal interface ITextFiles
{
    /// <summary>Gets the name used in messages.</summary>
    string Source { get; }

    /// <summary>Returns whether a component that the index names is there: models are sometimes distributed without their text encoder.</summary>
    bool Has(string component);

    /// <summary>Reads a configuration, such as <c>text_encoder/config.json</c>.</summary>
    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    T ReadConfig<T>(string name, Func<Stream, T> read);

    /// <summary>Reads the weights of a component; the caller disposes them.</summary>
    /// <exception cref="CheckpointException">They are missing or damaged.</exception>
    StateDictionary ReadWeights(string component);

    /// <summary>Reads the files of a tokenizer, such as those of <c>tokenizer/</c>.</summary>
    /// <param name="component">Its folder.</param>
    /// <param name="names">The files to read, if the model lists them; null for whichever are in the folder.</param>
    /// <exception cref="CheckpointException">One is damaged.</exception>
    TokenizerFiles ReadTokenizer(string component, IReadOnlyList<string>? names);
}
