namespace LdmMl.Torch.Checkpoints;

/// <summary>
/// The prefixes that wrappers add to every key of a state dict: <c>module.</c> of data-parallel training, <c>_orig_mod.</c> of <c>torch.compile</c>,
/// and the name under which a program saved the model, next to its optimizer.
/// </summary>
internal static class KeyPrefixes
{
    private const string Compiled = "_orig_mod";
    private static readonly string[] Wrappers = ["module", Compiled, "model", "net", "vae", "autoencoder", "model_state_dict"];
    private static readonly string[] TrainingState =
        ["optimizer", "optimizers", "optimizer_states", "optimizer_state_dict", "opt", "lr_scheduler", "lr_schedulers", "scheduler", "scaler", "callbacks", "ema"];

    /// <summary>Strips such prefixes, and drops training state stored next to the model.</summary>
    /// <returns>A dictionary that shares the memory of the tensors and is disposed by the caller.</returns>
    public static StateDictionary Strip(StateDictionary weights)
    {
        // torch.compile wraps parts of a model as well: first_stage_model._orig_mod.encoder.
        var stripped = weights.Rename(key => key.Replace($".{Compiled}.", ".", StringComparison.Ordinal));
        while (Wrapper(stripped) is { } wrapper)
        {
            using var before = stripped;
            stripped = before.Select(wrapper + ".");
        }

        return stripped;
    }

    private static string? Wrapper(StateDictionary weights)
    {
        var names = weights.Keys.Select(key => key.Split('.', 2)[0]).Distinct(StringComparer.Ordinal).Except(TrainingState).ToArray();

        // CompVis' models have "model." before "diffusion_model." as part of their own names.
        return names is [var name] && Wrappers.Contains(name) && !weights.ContainsAny($"{name}.diffusion_model.") ? name : null;
    }

    private static bool ContainsAny(this StateDictionary weights, string prefix) =>
        weights.Keys.Any(key => key.StartsWith(prefix, StringComparison.Ordinal));
}
