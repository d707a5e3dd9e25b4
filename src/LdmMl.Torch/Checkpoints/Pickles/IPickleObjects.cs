namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>The meaning of names, calls and persistent ids in a pickle: the extension point for formats built on pickles.</summary>
internal interface IPickleObjects
{
    /// <summary>Accepts a name, or refuses it with an <see cref="InvalidDataException"/>.</summary>
    object? Name(string module, string name);

    /// <summary>Returns the value that stands for a call; nothing is executed.</summary>
    object? Call(object? callable, object? arguments);

    /// <summary>Returns the value for a persistent id.</summary>
    object? Persistent(object? id);
}
