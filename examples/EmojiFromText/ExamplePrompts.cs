namespace EmojiFromText;

/// <summary>What is drawn where no sentence is given.</summary>
internal static class ExamplePrompts
{
    /// <summary>How many images of each sentence are drawn.</summary>
    public const int ImagesOfEach = 6;

    /// <summary>How far images are pushed towards the sentence.</summary>
    public const double Guidance = 3;

    public static readonly string[] All =
    [
        "grinning face", "a cat with glasses", "red heart", "flag of Germany", "man", "a lady who teaches", "red apple", "a fast red racing car",
        "clock", "house", "a flag with three stripes", "a green heart shape",
    ];
}
