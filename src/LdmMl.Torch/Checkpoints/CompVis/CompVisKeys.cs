namespace LdmMl.Torch.Checkpoints.CompVis;

/// <summary>Prefixes of keys in the checkpoints of CompVis' latent-diffusion.</summary>
internal static class CompVisKeys
{
    /// <summary>The autoencoder within a whole latent diffusion model.</summary>
    public const string FirstStage = "first_stage_model.";

    /// <summary>The U-Net within a whole latent diffusion model.</summary>
    public const string Network = "model.diffusion_model.";

    /// <summary>The discriminator and perceptual network that the autoencoder was trained with.</summary>
    public const string Loss = "loss.";

    /// <summary>The moving averages of the parameters; see <see cref="MovingAverages"/>.</summary>
    public const string MovingAverage = "model_ema.";
}
