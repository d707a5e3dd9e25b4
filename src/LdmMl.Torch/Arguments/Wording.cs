using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace LdmMl.Torch.Arguments;

/// <summary>
/// A requirement in which C# names are marked: members, values of enums, and null. A program that shows options under
/// other names replaces them with <see cref="ToString(IWordingNames)"/>, without searching the text.
/// </summary>
/// <remarks>
/// An interpolated string converts to a wording: <c>nameof(...)</c> in it is a member, an enum a choice, and <see cref="Nothing"/> null.
/// </remarks>
[InterpolatedStringHandler]
internal sealed class Wording
{
    private readonly List<Func<IWordingNames, string>> parts = [];

    public Wording(int literalLength, int formattedCount)
    {
        _ = literalLength;
        parts.EnsureCapacity(formattedCount);
    }

    /// <summary>Stands for no value.</summary>
    public static object Nothing { get; } = new();

    public static implicit operator Wording(string text)
    {
        var wording = new Wording(text.Length, 1);
        wording.AppendLiteral(text);
        return wording;
    }

    /// <summary>Marks a member whose name is only known at run time.</summary>
    public static WordingMember Member(string name) => new(name);

    /// <summary>Marks something that is chosen by name without being an enum, such as a sampler.</summary>
    public static WordingChoice Choice(string name) => new(name);

    /// <summary>Creates a wording from an interpolated string.</summary>
    public static Wording Of(Wording wording) => wording;

    /// <summary>Joins several wordings.</summary>
    public static Wording Join(string separator, IEnumerable<Wording> wordings)
    {
        Wording[] all = [.. wordings];
        var joined = new Wording(0, 1);
        joined.parts.Add(names => string.Join(separator, all.Select(wording => wording.ToString(names))));
        return joined;
    }

    /// <summary>Creates a part for programmers only.</summary>
    public static Wording ForCode(Wording wording) => Either(wording, "");

    /// <summary>Creates a part with different words for programmers and for users of the tool.</summary>
    public static Wording Either(Wording code, Wording words)
    {
        var part = new Wording(0, 1);
        part.parts.Add(names => (names.AreOfCode ? code : words).ToString(names));
        return part;
    }

    public void AppendLiteral(string text) => parts.Add(_ => text);

    public void AppendFormatted<T>(
        T value, int alignment = 0, string? format = null, [CallerArgumentExpression(nameof(value))] string expression = "") =>
        parts.Add(value switch
        {
            string name when expression.StartsWith("nameof(", StringComparison.Ordinal) => names => names.OfMember(name),
            WordingChoice { Name: var name } => names => names.OfChoice(name),
            WordingMember { Name: var name } => names => names.OfMember(name),
            Enum choice => names => names.OfChoice(choice),
            IEnumerable choices and not string when choices.Cast<object?>().All(item => item is Enum) =>
                names => string.Join(", ", choices.Cast<Enum>().Select(choice => names.OfChoice(choice))),
            Wording inner => inner.ToString,
            object nothing when ReferenceEquals(nothing, Nothing) => names => names.OfNothing,
            _ => Constant(Format(value, alignment, format)),
        });

    /// <summary>Returns the text with C# names.</summary>
    public override string ToString() => ToString(CSharpNames.Instance);

    /// <summary>Returns the text with other names.</summary>
    public string ToString(IWordingNames names) => string.Concat(parts.Select(part => part(names)));

    private static Func<IWordingNames, string> Constant(string text) => _ => text;

    private static string Format<T>(T value, int alignment, string? format)
    {
        var text = value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString() ?? "";
        return alignment < 0 ? text.PadRight(-alignment) : text.PadLeft(alignment);
    }

    private sealed class CSharpNames : IWordingNames
    {
        public static CSharpNames Instance { get; } = new();

        public bool AreOfCode => true;

        public string OfNothing => "null";

        public string OfMember(string member) => member;

        public string OfChoice(Enum choice) => choice.ToString();

        public string OfChoice(string choice) => choice;
    }
}
