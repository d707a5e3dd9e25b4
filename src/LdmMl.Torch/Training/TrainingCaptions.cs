using System.Security.Cryptography;
using System.Text;
using LdmMl.Torch.Models.Text.Tokens;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// The captions of a set of images as tokens: one of the wordings of an image is drawn at each step, and a share of them is replaced by the empty
/// text, so that the model also learns to predict without a caption.
/// </summary>
internal sealed class TrainingCaptions
{
    private readonly IReadOnlyList<IReadOnlyList<string>> captions;
    private readonly long[][][] tokens;                          // of each wording of each image
    private readonly long[] nothing;
    private readonly double dropout;

    /// <param name="captions">The wordings of each image.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="dropout">The share of images whose caption is dropped (Ho and Salimans 2022, algorithm 1).</param>
    public TrainingCaptions(IReadOnlyList<IReadOnlyList<string>> captions, ITokenizer tokenizer, double dropout)
    {
        this.captions = captions;
        this.dropout = dropout;
        long[] Row(string text) => TokenRow.Of(tokenizer.Tokenize(text), tokenizer.Frame).Ids;
        tokens = [.. captions.Select(wordings => wordings.Select(Row).ToArray())];
        nothing = Row("");
    }

    /// <summary>Computes the SHA-256 of the captions.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var wordings in captions)
        {
            hash.AppendData(BitConverter.GetBytes(wordings.Count));
            foreach (var bytes in wordings.Select(Encoding.UTF8.GetBytes))
            {
                hash.AppendData(BitConverter.GetBytes(bytes.Length));
                hash.AppendData(bytes);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Returns the first wordings of some images, spread over the set.</summary>
    public IReadOnlyList<string> Examples(int count) => [.. Enumerable.Range(0, count).Select(example => captions[(int)((long)example * captions.Count / count)][0])];

    /// <summary>Returns the tokens of one wording of each image. The caller disposes the tokens [B, T], int64.</summary>
    /// <param name="rows">The images.</param>
    /// <param name="number">The number of the wording, from 0; after the last wording of an image comes the first again.</param>
    public Tensor Read(ReadOnlySpan<long> rows, int number)
    {
        var read = new long[rows.Length][];
        for (var i = 0; i < read.Length; i++)
        {
            var wordings = tokens[(int)rows[i]];
            read[i] = wordings[number % wordings.Length];
        }

        return Joined(read);
    }

    /// <summary>Draws a wording of each image, or the empty text. The caller disposes the tokens [B, T], int64.</summary>
    /// <param name="rows">The images.</param>
    /// <param name="wordings">Draws the wordings.</param>
    /// <param name="dropped">Draws the captions that are dropped.</param>
    public Tensor Draw(ReadOnlySpan<long> rows, Generator wordings, Generator dropped)
    {
        using Tensor places = rand(rows.Length, ScalarType.Float64, generator: wordings), coins = rand(rows.Length, generator: dropped);
        var (place, coin) = (places.data<double>(), coins.data<float>());
        var read = new long[rows.Length][];
        for (var i = 0; i < read.Length; i++)
        {
            var own = tokens[(int)rows[i]];
            read[i] = coin[i] < dropout ? nothing : own[(int)(place[i] * own.Length)];
        }

        return Joined(read);
    }

    private Tensor Joined(long[][] rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, nothing.Length]);
}
