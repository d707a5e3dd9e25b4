using System.Text.Json.Nodes;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>The list of runs in which this library deliberately differs from diffusers for the same file.</summary>
internal static class SchedulerDeviations
{
    private static readonly (string Reason, Func<JsonObject, int, bool> Applies)[] List =
    [
        (
            "A single step of linspace spacing begins at the last step of all in diffusers, whose state holds next to no noise: what comes out is the "
            + "noise that went in. Here it begins at pure noise.",
            (file, steps) => steps == 1 && !IsSolver(file) && IsSpaced(file) && (Text(file, "timestep_spacing") ?? UsualSpacing(file)) == "linspace"
        ),
        (
            "A single step on a curve that ends at its own last level leads nowhere in diffusers, which gives back the noise. Here it goes to the "
            + "schedule's first level.",
            (file, steps) => steps == 1 && EndsOnItsCurve(file)
        ),
        (
            "With as many steps as the schedule has, solvers over timesteps meet one of them twice in diffusers and divide by a step of no width (leading "
            + "spacing: they stay at the first timestep throughout, for T / (T + 1) is 0 there). Here each timestep is taken once.",
            (file, steps) => IsSolver(file) && steps >= ScheduleSteps(file) && Text(file, "timestep_spacing") != "trailing" && !HasCurve(file)
        ),
        (
            "Rounding gives trailing spacing one timestep too many, -1, in diffusers for some numbers of steps. Here there are as many as were asked for.",
            (file, steps) => IsSpaced(file) && Text(file, "timestep_spacing") == "trailing" && Math.Ceiling(ScheduleSteps(file) / ((double)ScheduleSteps(file) / steps)) > steps
        ),
        (
            "An offset leads leading spacing beyond the schedule in diffusers, which gives the network a timestep that it was never trained on, with the "
            + "last step's sigma. Here the offset is as large as there is room.",
            (file, steps) => IsOverSigmas(file) && Text(file, "timestep_spacing") == "leading"
                && (int.TryParse(Text(file, "steps_offset"), out var offset) ? offset : 0) + ((steps - 1) * (ScheduleSteps(file) / steps)) >= ScheduleSteps(file)
        ),
    ];

    public static bool Contains(JsonObject file, int steps) => List.Any(entry => entry.Applies(file, steps));

    private static bool EndsOnItsCurve(JsonObject file) => HasCurve(file) && Text(file, "_class_name") switch
    {
        "DEISMultistepScheduler" => true,
        "UniPCMultistepScheduler" => Text(file, "final_sigmas_type") == "sigma_min" && Text(file, "sigma_min") is null,
        _ => false,
    };

    private static bool HasCurve(JsonObject file) =>
        IsOn(file, "use_karras_sigmas") || IsOn(file, "use_exponential_sigmas") || IsOn(file, "use_beta_sigmas") || IsOn(file, "use_lu_lambdas");

    private static bool IsSolver(JsonObject file) => Text(file, "_class_name") is
        "DPMSolverMultistepScheduler" or "DPMSolverSinglestepScheduler" or "DEISMultistepScheduler" or "UniPCMultistepScheduler";

    // LCM's timesteps are its teacher's, whatever spacing its file names.
    private static bool IsSpaced(JsonObject file) => Text(file, "_class_name") != "LCMScheduler";

    private static int ScheduleSteps(JsonObject file) => (file["trained_betas"] as JsonArray)?.Count ?? (int?)file["num_train_timesteps"] ?? 1000;

    // Solvers over timesteps choose one more timestep and skip it.
    private static string UsualSpacing(JsonObject file) => IsOverSigmas(file) ? "linspace" : "leading";

    private static bool IsOverSigmas(JsonObject file) => Text(file, "_class_name") is
        "EulerDiscreteScheduler" or "EulerAncestralDiscreteScheduler" or "HeunDiscreteScheduler" or "LMSDiscreteScheduler"
        or "KDPM2DiscreteScheduler" or "KDPM2AncestralDiscreteScheduler";

    private static bool IsOn(JsonObject file, string key) => Text(file, key) == "true";

    private static string? Text(JsonObject file, string key) => (file[key] as JsonValue)?.ToString();
}
