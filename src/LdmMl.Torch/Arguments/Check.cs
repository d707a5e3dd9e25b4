using System.Numerics;
using System.Runtime.CompilerServices;

namespace LdmMl.Torch.Arguments;

/// <summary>
/// The checks of options and arguments at public entry points; each throws an <see cref="OptionException"/> that names the member.
/// The member's name is the last part of the expression that is checked: <c>Check.AtLeast(settings.Steps, 1)</c> names <c>Steps</c>.
/// </summary>
internal static class Check
{
    /// <summary>Throws unless a condition holds.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="value">The value that is checked.</param>
    /// <param name="requirement">A clause without a full stop: "it must be a multiple of 32".</param>
    /// <param name="member">The option's name; taken from <paramref name="value"/>.</param>
    public static void That(bool holds, object? value, Wording requirement, [CallerArgumentExpression(nameof(value))] string member = "")
    {
        if (!holds)
            throw Refuse(LastName(member), value, requirement);
    }

    /// <summary>Creates the exception for a value that cannot be used.</summary>
    public static OptionException Refuse(string member, object? value, Wording requirement) => new(member, value, requirement);

    /// <summary>Throws unless a number is finite and at least as large as a limit.</summary>
    public static void AtLeast<T>(T value, T least, [CallerArgumentExpression(nameof(value))] string member = "")
        where T : INumber<T> =>
        That(T.IsFinite(value) && value >= least, value, $"it must be at least {least}", member);

    /// <summary>Throws unless a number is finite and larger than a limit.</summary>
    public static void Above<T>(T value, T limit, [CallerArgumentExpression(nameof(value))] string member = "")
        where T : INumber<T> =>
        That(T.IsFinite(value) && value > limit, value, $"it must be above {limit}", member);

    /// <summary>Throws unless a number lies between two limits, both included.</summary>
    public static void Within<T>(T value, T least, T largest, [CallerArgumentExpression(nameof(value))] string member = "")
        where T : INumber<T> =>
        That(value >= least && value <= largest, value, $"it must be in [{least}, {largest}]", member);

    /// <summary>Throws unless an enum has a value of its type.</summary>
    public static void Defined<T>(T value, [CallerArgumentExpression(nameof(value))] string member = "")
        where T : struct, Enum =>
        That(Enum.IsDefined(value), value, $"it must be one of {Enum.GetValues<T>()}", member);

    /// <summary>Throws when a name is empty; null is allowed, for options that may be absent.</summary>
    public static void NotEmpty(string? value, [CallerArgumentExpression(nameof(value))] string member = "") =>
        That(value is not "", value, "it must not be empty", member);

    private static string LastName(string expression)
    {
        var name = expression[(expression.LastIndexOf('.') + 1)..];
        return name.TrimEnd('!');
    }
}
