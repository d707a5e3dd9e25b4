namespace LdmMl.Torch.Training.States;

/// <summary>A part of a training that goes on from where it was.</summary>
internal interface IResumable
{
    /// <summary>Adds what it must remember.</summary>
    void Write(TrainingSnapshot snapshot);

    /// <summary>Takes up what it remembered.</summary>
    /// <exception cref="InvalidDataException">The snapshot lacks something, or something has another shape.</exception>
    void Read(TrainingSnapshot snapshot);
}
