namespace LdmMl.Torch.Arguments;

/// <summary>Thrown when an option has a value that cannot be used. Names the option, its value and the requirement.</summary>
/// <remarks>
/// A program that shows options under its own names (a command line, a form) looks up <see cref="Member"/> and words the rest from
/// <see cref="Given"/> and <see cref="Requirement"/>; the message itself is for people.
/// </remarks>
/// <example>
/// <code>
/// try
/// {
///     new SamplingSettings { Steps = 0 }.CreatePlan(schedule);
/// }
/// catch (OptionException error)
/// {
///     Console.WriteLine($"{error.Member} was {error.Given}: {error.Requirement}");   // Steps was 0: it must be at least 1
/// }
/// </code>
/// </example>
public sealed class OptionException : ArgumentException
{
    /// <summary>Initializes a new instance of the <see cref="OptionException"/> class.</summary>
    /// <param name="member">The option's name in C#, such as <c>Steps</c>.</param>
    /// <param name="given">Its value.</param>
    /// <param name="requirement">What the value must be, and what to do: a clause without a full stop, such as "it must be at least 1".</param>
    public OptionException(string member, object? given, string requirement)
        : this(member, given, (Wording)requirement)
    {
    }

    internal OptionException(string member, object? given, Wording wording)
        : base($"{member} is {Text(given)}; {wording}.") =>
        (Member, Given, Wording) = (member, given, wording);

    /// <summary>Gets the option's name in C#.</summary>
    public string Member { get; }

    /// <summary>Gets the value that cannot be used.</summary>
    public object? Given { get; }

    /// <summary>Gets what the value must be, as a clause without a full stop.</summary>
    public string Requirement => Wording.ToString();

    /// <summary>Gets the requirement, in which C# names are marked.</summary>
    internal Wording Wording { get; }

    /// <inheritdoc/>
    public override string ParamName => Member;

    /// <inheritdoc/>
    // The base class would append the parameter's name, with which the message already begins.
    public override string Message => $"{Member} is {Text(Given)}; {Requirement}.";

    internal static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        WordingChoice choice => $"'{choice}'",
        System.Collections.IEnumerable values => $"[{string.Join(", ", values.Cast<object?>().Select(Text))}]",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "null",
    };
}
