namespace EmojiFromText;

/// <summary>The wordings of each emoji, from its names, its subcategory and its keywords.</summary>
internal static class Captions
{
    private const string FlagName = "flag: ";

    /// <summary>Writes what can be said of an emoji. Every second wording is a name.</summary>
    public static IReadOnlyList<string> Of(Emoji emoji, Annotations annotations)
    {
        var names = Names(emoji, annotations);
        var others = Others(names[0], emoji, annotations);
        var repeats = Math.Max(1, others.Length / names.Length);
        return [.. Enumerable.Repeat(names, repeats).SelectMany(name => name), .. others];
    }

    /// <summary>Gives the names of an emoji: that of the table first, then Unicode's and the short one, each also with an article.</summary>
    public static string[] Names(Emoji emoji, Annotations annotations)
    {
        List<string> names = [emoji.Name, Words(emoji.ShortName)];
        if (annotations.Names.TryGetValue(emoji.Characters, out var name))
            names.Insert(1, name.StartsWith(FlagName, StringComparison.Ordinal) ? $"flag of {name[FlagName.Length..]}" : name);
        var distinct = names.Select(text => text.ToLowerInvariant()).Distinct(StringComparer.Ordinal).ToArray();
        return [.. distinct, .. distinct.Select(text => $"a {text}")];
    }

    private static string[] Others(string name, Emoji emoji, Annotations annotations)
    {
        var kind = Words(emoji.Subcategory);
        var keywords = annotations.Keywords.GetValueOrDefault(emoji.Characters, []);
        var pairs = keywords.Zip(keywords.Skip(1), (first, second) => $"{first} {second}");
        return [kind, $"{name}, {kind}", .. keywords, .. pairs, .. keywords.Select(keyword => $"{name}, {keyword}"), string.Join(" ", keywords.Append(kind))];
    }

    private static string Words(string name) => name.Replace('_', ' ').Replace('-', ' ');
}
