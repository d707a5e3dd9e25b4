namespace LdmMl.Torch.Generation.Loras;

/// <summary>LoRA files to merge, in this order. Owns them.</summary>
internal sealed class LoraFiles : IDisposable
{
    private readonly List<LoraFile> files = [];

    /// <summary>Gets the files.</summary>
    public IReadOnlyList<LoraFile> All => files;

    /// <summary>Gets the first layer of a text encoder that they change; null if they change none.</summary>
    public LoraLayer? OfText => files.SelectMany(file => file.Layers).FirstOrDefault(layer => layer.Part != LoraPart.UNet);

    /// <summary>Gets whether they change the U-Net.</summary>
    public bool ChangeUNet => files.SelectMany(file => file.Layers).Any(layer => layer.Part == LoraPart.UNet);

    /// <summary>Reads files.</summary>
    /// <exception cref="Arguments.OptionException">There are none, or a weight is not finite.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A file cannot be read, or is not a LoRA.</exception>
    public static LoraFiles Read(IReadOnlyList<WeightedLora> loras)
    {
        ArgumentNullException.ThrowIfNull(loras);
        Arguments.Check.That(loras.Count > 0, value: null, "give at least one LoRA file", nameof(loras));
        foreach (var lora in loras)
        {
            ArgumentNullException.ThrowIfNull(lora);
            ArgumentException.ThrowIfNullOrEmpty(lora.Path);
            Arguments.Check.That(double.IsFinite(lora.Weight), lora.Weight, "it must be a finite number");
        }

        var read = new LoraFiles();
        try
        {
            foreach (var lora in loras)
                read.files.Add(LoraFile.Read(lora));
            return read;
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    public void Dispose() => files.ForEach(file => file.Dispose());
}
