using System.Runtime.InteropServices;
using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Generation;

/// <summary>One input of generation.</summary>
/// <param name="Name">The name of the option through which it is given.</param>
/// <param name="Value">The value, for messages; null if it is not given.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct GivenInput(string Name, object? Value)
{
    /// <summary>Gets whether it is given.</summary>
    public bool IsGiven => Value is not null;

    /// <summary>Throws unless it is given.</summary>
    /// <exception cref="OptionException">It is not.</exception>
    public void Require(Wording requirement) => Check.That(IsGiven, Value, requirement, Name);

    /// <summary>Throws when it is given.</summary>
    /// <exception cref="OptionException">It is.</exception>
    public void Refuse(Wording reason) => Check.That(!IsGiven, Value, $"{reason}; leave it out", Name);
}
