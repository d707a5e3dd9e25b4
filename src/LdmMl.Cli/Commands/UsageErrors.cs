using System.CommandLine.Parsing;

namespace LdmMl.Cli.Commands;

/// <summary>What is wrong with a command line, in words that hold no type of the program.</summary>
internal static class UsageErrors
{
    /// <summary>Gives the sentence of an error: that of the parser, except where a value could not be read.</summary>
    public static string Sentence(ParseError error)
    {
        if (!error.Message.StartsWith("Cannot parse argument", StringComparison.Ordinal) || Option(error.SymbolResult) is not { } result)
            return error.Message;
        var given = string.Join(' ', result.Tokens.Select(token => token.Value));
        return $"{result.Option.Name} is '{given}'; it must be {Kind(result.Option.ValueType)}.";
    }

    private static OptionResult? Option(SymbolResult? result) => result as OptionResult ?? result?.Parent as OptionResult;

    private static string Kind(Type type)
    {
        if (type.IsArray)
            return $"{Kind(type.GetElementType()!)}, or several";
        var single = Nullable.GetUnderlyingType(type) ?? type;
        if (single.IsEnum)
            return $"one of {string.Join(", ", Enum.GetNames(single))}";
        if (single == typeof(int))
            return "a whole number below 2147483648";
        return single == typeof(long) ? "a whole number" : "a number";
    }
}
