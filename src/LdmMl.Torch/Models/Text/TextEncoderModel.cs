using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Text;

/// <summary>
/// A text encoder with its tokenizer: CLIP's of Stable Diffusion 1 and 2, both of SDXL, or latent diffusion's own. A handle to weights
/// that several handles can share: dispose every handle; the last one frees the weights.
/// </summary>
/// <remarks>A text gives the same bits whichever texts it is encoded together with. Computes in float32.</remarks>
/// <example>
/// <code>
/// using var encoder = TextEncoderModel.Load("stable-diffusion-v1-5");
/// using var encoding = encoder.Encode(["a photo of a cat"]);             // Context [1, 77, 768], Pooled [1, 768]
/// </code>
/// </example>
public sealed class TextEncoderModel : ModelHandle<TextEncoderModel>, ITextEncoder
{
    private TextEncoderModel(NetworkHandle handle, IReadOnlyList<TextPart> parts, string source, LoadReport report)
        : base(handle, source, report) => Parts = parts;

    /// <inheritdoc/>
    public int Tokens => Parts[0].Tokenizer.Frame.Length;

    /// <inheritdoc/>
    public int Width => Parts.Sum(part => part.Config.Width);

    /// <inheritdoc/>
    public int? PooledWidth => Parts[^1].PooledWidth;

    /// <summary>Gets the encoders, in the order in which their contexts are concatenated.</summary>
    internal IReadOnlyList<TextPart> Parts { get; }

    /// <summary>Gets the networks; they live as long as a handle does.</summary>
    internal TextNetworks Networks => (TextNetworks)Handle.Network.Module;

    /// <summary>
    /// Opens the text encoder of a folder in diffusers' layout: <c>text_encoder/</c> and <c>tokenizer/</c>, both pairs of SDXL, or <c>bert/</c>.
    /// </summary>
    /// <param name="path">The folder of the whole model.</param>
    /// <param name="options">How to open it; null for the defaults.</param>
    /// <returns>The encoder, on the CPU.</returns>
    /// <exception cref="CheckpointException">Something is missing, damaged or not supported; the message names the file and what to do.</exception>
    public static TextEncoderModel Load(string path, TextEncoderLoadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stored = TextEncoderFolder.Read(path, options ?? new TextEncoderLoadOptions());
        return Open(stored);
    }

    /// <summary>Creates an untrained encoder.</summary>
    /// <param name="part">Its description.</param>
    /// <param name="seed">The seed of the random weights.</param>
    internal static TextEncoderModel Create(TextPart part, long seed)
    {
        var network = new LdmTextNetwork((LdmTextConfig)part.Config);
        network.Initialize(seed);
        var handle = new NetworkHandle(new SharedNetwork(new TextNetworks([network]), CPU, ModelPrecision.Float32), typeof(TextEncoderModel));
        return new TextEncoderModel(handle, [part], $"random weights, seed {seed}", new LoadReport([], [], []));
    }

    /// <summary>Opens encoders that were read from files.</summary>
    internal static TextEncoderModel Open(TextEncoderCheckpoint stored)
    {
        var (networks, report) = stored.Load();
        var handle = new NetworkHandle(new SharedNetwork(networks, CPU, ModelPrecision.Float32), typeof(TextEncoderModel));
        return new TextEncoderModel(handle, [.. stored.Parts.Select(part => part.Part)], stored.Source, report);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no text, or one of them is null.</exception>
    /// <exception cref="NonFiniteException">A result is not finite; the message names the module that first produced it.</exception>
    public TextEncoding Encode(IReadOnlyList<string> texts) => Encode([.. Parts.Select(_ => texts)]);

    /// <summary>Counts the tokens of a text: any beyond <see cref="Tokens"/> - 2 are cut off.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The number of tokens without start and end; with several tokenizers, the largest number.</returns>
    public int CountTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parts.Max(part => part.Tokenizer.Tokenize(text).Count);
    }

    /// <summary>Describes it in one line.</summary>
    /// <returns>Such as <c>text encoder, 77 tokens of width 768, 123,060,480 parameters, Float32 on cpu, from stable-diffusion-v1-5</c>.</returns>
    public override string ToString() =>
        ModelText.Of($"text encoder, {Tokens} tokens of width {Width}", ParameterCount, Precision, Device, Source);

    /// <summary>Writes the files of a folder in diffusers' layout: weights, configurations and the tokenizers' original files.</summary>
    internal void Write(Action<string, Action<Stream>> writeFile, StorageFormat format, long? largest = null) =>
        Handle.HoldWeights(networks => TextEncoderWriting.Write(Parts, (TextNetworks)networks, format, largest, writeFile));

    /// <summary>Names the components that <see cref="Write"/> writes, for the folder's index.</summary>
    internal void Describe(Dictionary<string, string> components, JsonObject extras) => TextEncoderWriting.Describe(Parts, components, extras);

    /// <summary>Encodes texts that may differ between the encoders, as SDXL's second prompt does.</summary>
    /// <param name="texts">For each encoder, one text per row.</param>
    internal TextEncoding Encode(IReadOnlyList<IReadOnlyList<string>> texts)
    {
        var rows = TextArguments.Rows(texts);
        var forward = new TextForward(Handle.Network, Parts);
        var distinct = rows.Distinct().ToArray();                // equal texts are encoded once
        var encoded = distinct.Select(row => Handle.Hold(() => forward.Encode(row.Texts))).ToArray();
        try
        {
            using var scope = NewDisposeScope();
            var order = tensor(rows.Select(row => (long)Array.IndexOf(distinct, row)).ToArray());
            var context = cat([.. encoded.Select(one => one.Context)]).index_select(0, order);
            var pooled = encoded[0].Pooled is null ? null : cat([.. encoded.Select(one => one.Pooled!)]).index_select(0, order);
            return new TextEncoding(scope.MoveToOuter(context), pooled is null ? null : scope.MoveToOuter(pooled));
        }
        finally
        {
            foreach (var one in encoded)
                one.Dispose();
        }
    }

    /// <summary>Copies the encoder, so that its weights can be changed.</summary>
    internal TextEncoderModel Copy() => Handle.HoldWeights(networks =>
        Reopen(Handle.On(new SharedNetwork(((TextNetworks)networks).CopyTo(Device), Device, Precision))));

    /// <summary>Copies the encoder and adds a word to it.</summary>
    /// <exception cref="CheckpointException">The word cannot be added to this encoder.</exception>
    internal TextEncoderModel With(EmbeddingFile embedding) => Handle.HoldWeights(networks => CheckpointErrors.Translate(embedding.Path, () =>
    {
        if (embedding.Encoders != Parts.Count)
        {
            throw new InvalidDataException(
                $"it was made for another model: it has vectors for {embedding.Encoders} text encoders, and this model has {Parts.Count}.");
        }

        var extended = new List<(TextPart Part, TextNetwork Network)>();
        try
        {
            foreach (var (part, network) in Parts.Zip(((TextNetworks)networks).All))
            {
                using var rows = embedding.Rows(extended.Count);
                extended.Add(new AddedWord(embedding.Word).AddTo(part, network, rows, Device));
            }
        }
        catch
        {
            extended.ForEach(entry => entry.Network.Dispose());
            throw;
        }

        var shared = new SharedNetwork(new TextNetworks([.. extended.Select(entry => entry.Network)]), Device, Precision);
        return new TextEncoderModel(Handle.On(shared), [.. extended.Select(entry => entry.Part)], Source, LoadReport);
    }));

    private protected override TextEncoderModel Reopen(NetworkHandle other) => new(other, Parts, Source, LoadReport);

    private protected override nn.Module Convert(nn.Module network, Device device, ModelPrecision precision) =>
        precision == ModelPrecision.Float32
            ? ((TextNetworks)network).CopyTo(device)
            : throw new ArgumentException("Text encoders compute in Float32 only.", nameof(precision));
}
