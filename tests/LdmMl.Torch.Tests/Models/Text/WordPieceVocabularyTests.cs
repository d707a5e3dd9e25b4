using LdmMl.Torch.Models.Text.Storage;
using LdmMl.Torch.Models.Text.Tokens;

namespace LdmMl.Torch.Tests.Models.Text;

public class WordPieceVocabularyTests
{
    private static readonly string[] Texts = ["Hug a hug, hugs!", "pun puns hugs"];

    [Fact]
    public void It_contains_every_letter_twice_and_then_the_most_frequent_pairs()
    {
        var letters = new[] { "!", ",", "a", "g", "h", "n", "p", "s", "u" };

        // u+g is seen 4 times, as h+ug then is; u+n, p+un and hug+s 2 times, and of these the first in the alphabet is "##u" with "##n".
        Assert.Equal(
            ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. letters, .. letters.Select(letter => $"##{letter}"), "##ug", "hug", "##un", "hugs", "pun", "puns"],
            WordPieceVocabulary.Learn(Texts, 1000));
    }

    [Fact]
    public void It_stops_at_its_size_and_is_deterministic()
    {
        Assert.Equal(25, WordPieceVocabulary.Learn(Texts, 25).Count);
        Assert.Equal(WordPieceVocabulary.Learn(Texts, 25), WordPieceVocabulary.Learn(Texts, 1000).Take(25));
        Assert.Contains(
            "needs at least 23 tokens", Assert.Throws<InvalidDataException>(() => WordPieceVocabulary.Learn(Texts, 22)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_tokenizer_knows_the_words_of_the_texts_and_splits_others_into_pieces()
    {
        var vocabulary = WordPieceVocabulary.Learn(Texts, 1000);
        var tokenizer = CaptionTokenizer.Open(CaptionTokenizer.Files(vocabulary, 6), 6);
        string[] Pieces(string text) => [.. tokenizer.Tokenize(text).Select(id => vocabulary[id])];

        Assert.Equal(6, tokenizer.Frame.Length);
        Assert.Equal(vocabulary.Count, tokenizer.VocabularySize);
        Assert.Equal(["hugs", "!"], Pieces("HUGS!"));
        Assert.Equal(["s", "##un", "##g"], Pieces("sung"));
        Assert.Equal(["[UNK]"], Pieces("x"));
        Assert.Equal([2, 3, 0, 0, 0, 0], TokenRow.Of(tokenizer.Tokenize(""), tokenizer.Frame).Ids);
    }
}
