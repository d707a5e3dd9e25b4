using System.Runtime.InteropServices;
using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Generation;

/// <summary>One input of generation.</summary>
/// <param name="Name">What it is called where it is given: the name of an option.</param>
/// <param name="Value">What was given, for messages; null for nothing.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct GivenInput(string Name, object? Value)
{
    /// <summary>Gets a value indicating whether it is given.</summary>
    public bool IsGiven => Value is not null;

    /// <summary>Throws unless it is given.</summary>
    /// <exception cref="OptionException">It is not.</exception>
    public void Require(Wording requirement) => Check.That(IsGiven, Value, requirement, Name);

    /// <summary>Throws when it is given.</summary>
    /// <exception cref="OptionException">It is.</exception>
    public void Refuse(Wording reason) => Check.That(!IsGiven, Value, $"{reason}; leave it out", Name);
}
