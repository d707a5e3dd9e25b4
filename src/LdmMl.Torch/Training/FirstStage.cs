using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Torch.Training;

/// <summary>Chooses the terms of the objective that a kind of autoencoder is trained with.</summary>
internal static class FirstStage
{
    public static PixelLikelihood LikelihoodOf(AutoencoderModel model, AutoencoderTrainingOptions options) =>
        model.Config is VqAutoencoderConfig
            ? new PixelLikelihood(LossReduction.Mean)
            : new PixelLikelihood(LossReduction.SumOfImage, options.LogVariance, options.LearnLogVariance, model.Device);

    public static FirstStageObjective ObjectiveOf(
        AutoencoderConfig config, AutoencoderTrainingOptions options, PerceptualModel? perceptual, PixelLikelihood likelihood, Adversary? adversary)
    {
        List<IAutoencoderLossTerm> imageTerms = [new ReconstructionTerm(options.ReconstructionError, options.ReconstructionWeight, likelihood)];
        List<IAutoencoderLossTerm> latentTerms = [];
        if (perceptual is not null)
            imageTerms.Add(new PerceptualTerm(perceptual, config.PixelRange, options.PerceptualWeight, likelihood));
        if (config.HasPosterior)
            latentTerms.Add(new KullbackLeiblerTerm(options.KullbackLeiblerWeight));
        if (config is VqAutoencoderConfig vq)
            latentTerms.Add(new CodebookTerm(options.CodebookWeight, vq.UsedEntries == 0 ? vq.CodebookSize : vq.UsedEntries + 1));
        return new FirstStageObjective(imageTerms, latentTerms, likelihood, adversary);
    }
}
