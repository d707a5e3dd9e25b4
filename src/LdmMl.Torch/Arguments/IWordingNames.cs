namespace LdmMl.Torch.Arguments;

/// <summary>What a <see cref="Wording"/> calls the names of C#.</summary>
internal interface IWordingNames
{
    /// <summary>Gets whether they are the names of C#.</summary>
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
