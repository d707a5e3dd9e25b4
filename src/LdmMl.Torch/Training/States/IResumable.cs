namespace LdmMl.Torch.Training.States;

/// <summary>A part of a training whose state is saved and restored.</summary>
internal interface IResumable
{
    /// <summary>Saves its state.</summary>
    void Write(TrainingSnapshot snapshot);

    /// <summary>Restores its state.</summary>
    /// <exception cref="InvalidDataException">The snapshot lacks something, or something has another shape.</exception>
    void Read(TrainingSnapshot snapshot);
}
