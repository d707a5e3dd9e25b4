using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// The closed form used as a network in the goldens of diffusion: 0.6 x cos(t / 1000) + 0.3 sin(2 x + t / 250) + 0.2 mean(context).
/// </summary>
internal static class ToyNetwork
{
    public static Tensor Predict(Tensor state, Tensor times, Tensor? context = null)
    {
        var t = times.to(ScalarType.Float32).reshape(-1, 1, 1, 1);
        var output = (Real(0.6) * state * (t / Real(1000)).cos()).Plus(Real(0.3) * (Real(2) * state).Plus(t / Real(250)).sin());
        return context is null ? output : output.Plus(Real(0.2) * context.flatten(1).mean([1]).reshape(-1, 1, 1, 1));
    }

    /// <summary>Reads what a case says about its network and the conditions: this network, and a table of labels in its weights.</summary>
    public static void Expect(CaseSettings parameters)
    {
        if (parameters.OptionalObject("unet_config") is { } network)
            network.Expect("target", "toyunet.ToyUNet");
        // The weights have as many labels and dimensions as the config says; unconditional cases have a text instead.
        if (parameters.OptionalObject("cond_stage_config") is { } labels)
            labels.Describes("embed_dim", "n_classes", "key");
    }
}
