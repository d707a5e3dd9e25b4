namespace LdmMl.Torch.Native;

/// <summary>libtorch or the native half of TorchSharp cannot be loaded; the message says why and what to do.</summary>
internal sealed class TorchLoadException : DllNotFoundException
{
    /// <summary>Initializes the exception with a message.</summary>
    /// <param name="message">What failed and what to do about it.</param>
    public TorchLoadException(string message) : base(message)
    {
    }

    /// <summary>Initializes the exception with a message and its cause.</summary>
    /// <param name="message">What failed and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public TorchLoadException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Initializes the exception without details.</summary>
    public TorchLoadException() : base("libtorch cannot be loaded.")
    {
    }
}
