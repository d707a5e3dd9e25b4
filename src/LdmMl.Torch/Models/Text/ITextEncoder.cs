namespace LdmMl.Torch.Models.Text;

/// <summary>
/// Encodes texts to the context tokens of a diffusion model (Rombach et al. 2022, section 3.3). <see cref="TextEncoderModel"/> opens published
/// encoders; implement this interface to plug in your own.
/// </summary>
/// <remarks>Calls may come from several threads at once. A text must give the same bits whichever texts it is encoded together with.</remarks>
/// <example>
/// <code>
/// using ITextEncoder encoder = TextEncoderModel.Load("stable-diffusion-v1-5");
/// using var encoding = encoder.Encode(["a photo of a cat", ""]);
/// Console.WriteLine(string.Join("x", encoding.Context.shape));          // 2x77x768
/// </code>
/// </example>
public interface ITextEncoder : IDisposable
{
    /// <summary>Gets the number of tokens of every encoded text.</summary>
    int Tokens { get; }

    /// <summary>Gets the width of a token.</summary>
    int Width { get; }

    /// <summary>Gets the width of the pooled vector of a text; null if there is none.</summary>
    int? PooledWidth { get; }

    /// <summary>Encodes texts.</summary>
    /// <param name="texts">The texts, at least one; "" is a valid text.</param>
    /// <returns>One row per text. The caller disposes it.</returns>
    TextEncoding Encode(IReadOnlyList<string> texts);
}
