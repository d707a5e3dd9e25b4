using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>Reads numbers, strings and bytes. Whole numbers are <c>long</c>, or <c>BigInteger</c> beyond 64 bits.</summary>
internal static partial class PickleLiterals
{
    private const int LongestInteger = 4096;   // bytes or digits; parsing decimal digits takes quadratic time

    /// <summary>Reads the literal of an opcode.</summary>
    /// <returns>False if the opcode has none.</returns>
    public static bool TryRead(PickleOpcode opcode, PickleInput input, out object? value)
    {
        value = opcode switch
        {
            PickleOpcode.None => null,
            PickleOpcode.NewTrue => True,
            PickleOpcode.NewFalse => False,
            PickleOpcode.Int => ParseInt(input.ReadLine()),
            PickleOpcode.BinInt => (long)input.ReadInt32(),
            PickleOpcode.BinInt1 => Bytes[input.ReadByte()],
            PickleOpcode.BinInt2 => (long)input.ReadUInt16(),
            PickleOpcode.Long => ParseInteger(input.ReadLine().TrimEnd('L')),
            PickleOpcode.Long1 => ReadLong(input, input.ReadByte()),
            PickleOpcode.Long4 => ReadLong(input, input.ReadUInt32()),
            PickleOpcode.Float => ParseFloat(input.ReadLine()),
            PickleOpcode.BinFloat => input.ReadDoubleBigEndian(),
            PickleOpcode.String => Unquote(input.ReadLatin1Line()),
            PickleOpcode.BinString => input.ReadLatin1(input.ReadUInt32()),
            PickleOpcode.ShortBinString => input.ReadLatin1(input.ReadByte()),
            PickleOpcode.Unicode => Unescape(input.ReadLatin1Line()),
            PickleOpcode.BinUnicode => input.ReadUtf8(input.ReadUInt32()),
            PickleOpcode.ShortBinUnicode => input.ReadUtf8(input.ReadByte()),
            PickleOpcode.BinUnicode8 => input.ReadUtf8(input.ReadUInt64()),
            PickleOpcode.BinBytes => input.ReadBytes(input.ReadUInt32()),
            PickleOpcode.ShortBinBytes => input.ReadBytes(input.ReadByte()),
            PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8 => input.ReadBytes(input.ReadUInt64()),
            _ => NoLiteral,
        };
        return !ReferenceEquals(value, NoLiteral);
    }

    private static object NoLiteral { get; } = new();

    // Values that one or two bytes of a file ask for, most of all the sizes of tensors, are made once.
    private static object True { get; } = true;

    private static object False { get; } = false;

    private static object[] Bytes { get; } = [.. Enumerable.Range(0, 256).Select(number => (object)(long)number)];

    // Protocol 0 writes the truth values as the integers 00 and 01.
    private static object ParseInt(string line) => line switch
    {
        "00" => false,
        "01" => true,
        _ => ParseInteger(line),
    };

    private static object ParseInteger(string digits) =>
        digits.Length <= LongestInteger && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? Narrow(number)
            : throw new InvalidDataException("the pickle has a damaged whole number.");

    private static object ReadLong(PickleInput input, uint length) => length <= LongestInteger
        ? Narrow(new BigInteger(input.ReadBytes(length)))
        : throw new InvalidDataException($"the pickle has a whole number of {length} bytes.");

    private static object Narrow(BigInteger number) => number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number;

    private static object ParseFloat(string line) => double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new InvalidDataException("the pickle has a damaged number.");

    // Python's raw-unicode-escape: letters beyond Latin-1, line feeds and backslashes are written by their numbers.
    private static string Unescape(string line) => Escape().Replace(line, match =>
    {
        var number = int.Parse(match.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return number <= char.MaxValue ? ((char)number).ToString()
            : Rune.TryCreate(number, out var rune) ? rune.ToString()
            : throw new InvalidDataException("the pickle has a damaged string.");
    });

    [GeneratedRegex(@"\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Escape();

    private static string Unquote(string line) => line is ['\'', .. var single, '\''] ? single
        : line is ['"', .. var twice, '"'] ? twice
        : throw new InvalidDataException("the pickle has a string without quotes.");
}
