namespace LdmMl.Torch.Training;

/// <summary>The uses of random numbers in a training. Each has its own generator, so that one use does not affect another.</summary>
internal enum RandomStream
{
    Order = 1,
    Flips = 2,
    Noise = 3,
    Discriminator = 4,
    Timesteps = 5,
    Posteriors = 6,
    LabelDropout = 7,
    UnitDropout = 8,
    Validation = 9,
    Captions = 10,
    Teaching = 11,
    TeachingOrder = 12,
    Lora = 13,
    Crops = 14,
}
