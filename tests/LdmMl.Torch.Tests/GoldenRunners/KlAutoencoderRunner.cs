using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Onnx;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>CompVis <c>AutoencoderKL</c>: moments, posterior, decoder and the activations of sub-modules.</summary>
internal sealed class KlAutoencoderRunner : IGoldenRunner
{
    private const string Activation = "act.";

    public string Group => "autoencoder-kl";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        golden.Settings.Expect("target", "ldm.models.autoencoder.AutoencoderKL");
        var config = AutoencoderConfigs.Kl(golden.Settings.Object("params"));
        using var network = new KlAutoencoder(config);
        using var weights = golden.Weights();
        ModuleWeights.Load(network, weights, golden.Folder);
        using var recorder = new ActivationRecorder(network, golden.OutputsAfter(Activation));

        var moments = network.EncodeMoments(golden.Inputs["x"]);
        golden.Check("moments", moments);
        CheckPosterior(golden, network, moments);
        CheckOtherPosterior(golden);
        golden.Check("dec_z", network.Decode(golden.Inputs["z"]));
        golden.CheckExported("moments", () => OnnxGraphs.Encoder(network, config), "latent_parameters", ("sample", golden.Inputs["x"]));
        golden.CheckExported("dec_z", () => OnnxGraphs.Decoder(network, config), "sample", ("latent_sample", golden.Inputs["z"]));
        foreach (var (module, activation) in recorder.Recorded)
            golden.Check(Activation + module, activation);
        foreach (var module in recorder.Fused)
            golden.PassOver(Activation + module);
        golden.NoteFastLayers(network);
    }

    private static void CheckPosterior(GoldenCase golden, KlAutoencoder network, Tensor moments)
    {
        using var posterior = new DiagonalGaussian(moments);
        using var other = new DiagonalGaussian(golden.Inputs["other_moments"]);
        var sample = posterior.Sample(golden.Inputs["noise"]);
        golden.Check("mean", posterior.Mean);
        golden.Check("logvar", posterior.LogVariance);
        golden.Check("std", posterior.StandardDeviation);
        golden.Check("var", posterior.Variance);
        golden.Check("mode", posterior.Mode);
        golden.Check("sample", sample);
        golden.Check("kl", posterior.KullbackLeibler());
        golden.Check("kl_other", posterior.KullbackLeibler(other));
        golden.Check("nll_of_sample", posterior.NegativeLogLikelihood(sample));
        golden.Check("nll_dims23", posterior.NegativeLogLikelihood(sample, 2, 3));
        golden.Check("dec_sample", network.Decode(sample));       // first: activations are those of the first call
        golden.Check("dec_mode", network.Decode(posterior.Mode));

        using var certain = new DiagonalGaussian(moments, deterministic: true);
        golden.Check("det.std", certain.StandardDeviation);
        golden.Check("det.kl", certain.KullbackLeibler());
        golden.Check("det.nll", certain.NegativeLogLikelihood(sample));
    }

    private static void CheckOtherPosterior(GoldenCase golden)
    {
        using var other = new DiagonalGaussian(golden.Inputs["other_moments"]);
        golden.Check("clamp.logvar", other.LogVariance);
        golden.Check("clamp.kl", other.KullbackLeibler());
    }
}
