namespace LdmMl.Torch.Checkpoints;

/// <summary>The container of a checkpoint.</summary>
internal enum CheckpointFormat
{
    /// <summary>An unknown format.</summary>
    Unknown,

    /// <summary>A length, a JSON header and raw tensors.</summary>
    Safetensors,

    /// <summary>PyTorch's zip archive.</summary>
    Zip,

    /// <summary>A bare pickle: PyTorch before 1.6.</summary>
    Pickle,
}
