using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Training;

/// <summary>Chooses the terms of the loss that a kind of autoencoder is trained with.</summary>
internal static class LossTerms
{
    public static AutoencoderLoss For(AutoencoderConfig config, AutoencoderTrainingOptions options)
    {
        List<IAutoencoderLossTerm> terms = [new ReconstructionTerm(options.ReconstructionError, options.ReconstructionWeight, options.LogVariance)];
        if (config.HasPosterior)
            terms.Add(new KullbackLeiblerTerm(options.KullbackLeiblerWeight));
        if (config is VqAutoencoderConfig)
            terms.Add(new CodebookTerm(options.CodebookWeight));
        return new AutoencoderLoss(terms);
    }
}
