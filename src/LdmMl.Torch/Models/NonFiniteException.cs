namespace LdmMl.Torch.Models;

/// <summary>A network gave NaN or infinity for finite input, or was given such input.</summary>
public sealed class NonFiniteException : Exception
{
    internal NonFiniteException(string message, string? module) : base(message) => Module = module;

    /// <summary>Gets the name of the module that first produced such a value, as in the checkpoint's keys; null when the input held it.</summary>
    public string? Module { get; }
}
