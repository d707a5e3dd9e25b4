namespace LdmMl.Torch.Arguments;

/// <summary>How a <see cref="Wording"/> shows C# names.</summary>
internal interface IWordingNames
{
    /// <summary>Gets whether the C# names are kept.</summary>
    bool AreOfCode { get; }

    /// <summary>Gets the word for no value.</summary>
    string OfNothing { get; }

    /// <summary>Names a member of options.</summary>
    string OfMember(string member);

    /// <summary>Names a value of an enum.</summary>
    string OfChoice(Enum choice);

    /// <summary>Names something else that is chosen by name: a sampler.</summary>
    string OfChoice(string choice);
}
