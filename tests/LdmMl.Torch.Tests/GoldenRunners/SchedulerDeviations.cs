using System.Text.Json.Nodes;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>The one list of runs in which this library does something else than diffusers from the same file, on purpose.</summary>
internal static class SchedulerDeviations
{
    private static readonly (string Reason, Func<JsonObject, int, bool> Applies)[] List =
    [
        (
            "A single step of linspace spacing begins at the last step of all in diffusers, whose state holds next to no noise: what comes out is the "
            + "noise that went in. Here it begins at pure noise.",
            (file, steps) => steps == 1 && IsOverSigmas(file) && Text(file, "timestep_spacing") is null or "linspace"
        ),
    ];

    public static bool Contains(JsonObject file, int steps) => List.Any(entry => entry.Applies(file, steps));

    private static bool IsOverSigmas(JsonObject file) => Text(file, "_class_name") is
        "EulerDiscreteScheduler" or "EulerAncestralDiscreteScheduler" or "HeunDiscreteScheduler" or "LMSDiscreteScheduler"
        or "KDPM2DiscreteScheduler" or "KDPM2AncestralDiscreteScheduler";

    private static string? Text(JsonObject file, string key) => (file[key] as JsonValue)?.ToString();
}
