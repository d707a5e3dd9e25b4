namespace LdmMl.Torch.Models;

/// <summary>Thrown when a network outputs NaN or infinity for finite input, or is given such input.</summary>
public sealed class NonFiniteException : Exception
{
    internal NonFiniteException(string message, string? module) : base(message) => Module = module;

    /// <summary>
    /// Gets the name of the module that first produced such a value, as in the checkpoint's keys; null when the input contained it.
    /// </summary>
    public string? Module { get; }
}
