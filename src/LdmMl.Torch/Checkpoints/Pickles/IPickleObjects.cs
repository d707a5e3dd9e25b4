namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>The meaning of names, calls and persistent ids in a pickle: the only place where a format built on pickles comes in.</summary>
internal interface IPickleObjects
{
    /// <summary>Accepts a name, or refuses it with an <see cref="InvalidDataException"/>.</summary>
    object? Name(string module, string name);

    /// <summary>Gives the value that stands for a call; nothing is executed.</summary>
    object? Call(object? callable, object? arguments);

    /// <summary>Gives the value for a persistent id.</summary>
    object? Persistent(object? id);
}
