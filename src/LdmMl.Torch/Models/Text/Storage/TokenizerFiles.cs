using System.Text.Json;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>The files of a tokenizer as they were read: they are small enough to keep, so that saving writes the same bytes again.</summary>
internal sealed class TokenizerFiles
{
    public const string Vocabulary = "vocab.json";
    public const string Merges = "merges.txt";
    public const string Words = "vocab.txt";
    public const string Whole = "tokenizer.json";
    public const string Config = "tokenizer_config.json";
    public const string SpecialTokensMap = "special_tokens_map.json";
    public const string AddedTokens = "added_tokens.json";

    private const long LargestFile = 64L << 20;   // bytes; the largest published ones have some 10 million

    private static readonly string[] Names = [Vocabulary, Merges, Words, Whole, Config, SpecialTokensMap, AddedTokens];

    private readonly Dictionary<string, byte[]> contents;

    private TokenizerFiles(string source, Dictionary<string, byte[]> contents) => (Source, this.contents) = (source, contents);

    /// <summary>Gets the name used in messages.</summary>
    public string Source { get; }

    /// <summary>Gets the content of each file.</summary>
    public IReadOnlyDictionary<string, byte[]> Contents => contents;

    /// <summary>Returns whether a folder contains a tokenizer.</summary>
    public static bool AreIn(string folder) =>
        File.Exists(Path.Combine(folder, Vocabulary)) || File.Exists(Path.Combine(folder, Words)) || File.Exists(Path.Combine(folder, Whole));

    /// <summary>Reads the files of a folder.</summary>
    /// <exception cref="CheckpointException">A file cannot be read, or is larger than any tokenizer's.</exception>
    public static TokenizerFiles Read(string folder) => Read(folder, name =>
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? File.OpenRead(path) : null;
    });

    /// <summary>Reads the files of any container.</summary>
    /// <param name="source">The container's name in messages.</param>
    /// <param name="open">Opens a file by name; null if it does not exist.</param>
    /// <exception cref="CheckpointException">A file cannot be read, or is larger than any tokenizer's.</exception>
    public static TokenizerFiles Read(string source, Func<string, Stream?> open)
    {
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in Names)
        {
            CheckpointErrors.Translate(Path.Combine(source, name), () =>
            {
                using var stream = open(name);
                if (stream is not null)
                    contents[name] = ReadAll(stream);
                return contents;
            });
        }

        return new TokenizerFiles(source, contents);
    }

    /// <summary>Returns these files with further tokens.</summary>
    /// <param name="tokens">The tokens and their numbers.</param>
    public TokenizerFiles WithAdded(IReadOnlyDictionary<string, int> tokens)
    {
        var all = Open(AddedTokens, content => content.Length > 2 ? TokenizerTables.Vocabulary(content) : []) ?? [];
        foreach (var (token, number) in tokens)
            all[token] = number;
        return new TokenizerFiles(Source, new Dictionary<string, byte[]>(contents, StringComparer.Ordinal)
        {
            [AddedTokens] = JsonSerializer.SerializeToUtf8Bytes(all),
        });
    }

    /// <summary>Gives these files with another token for padding.</summary>
    public TokenizerFiles WithPadding(string token)
    {
        var map = Open(SpecialTokensMap, content => JsonFile.Read(new MemoryStream(content))) ?? [];
        map["pad_token"] = token;
        return new TokenizerFiles(Source, new Dictionary<string, byte[]>(contents, StringComparer.Ordinal)
        {
            [SpecialTokensMap] = JsonSerializer.SerializeToUtf8Bytes(map),
        });
    }

    /// <summary>Reads one of the files, if it is there.</summary>
    /// <exception cref="CheckpointException">What the reader finds wrong with it, with the file's name.</exception>
    public T? Open<T>(string name, Func<byte[], T> read)
        where T : class =>
        contents.TryGetValue(name, out var content) ? CheckpointErrors.Translate(Path.Combine(Source, name), () => read(content)) : null;

    private static byte[] ReadAll(Stream stream)
    {
        using var memory = new MemoryStream();
        var part = new byte[1 << 16];
        while (stream.Read(part) is > 0 and var length)
        {
            memory.Write(part, 0, length);
            if (memory.Length > LargestFile)
                throw new InvalidDataException($"it is larger than {LargestFile >> 20} MiB, which no tokenizer needs.");
        }

        return memory.ToArray();
    }
}
