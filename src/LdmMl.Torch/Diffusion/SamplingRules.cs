using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion;

/// <summary>The ranges of <see cref="SamplingSettings"/>, and what goes with which sampler.</summary>
internal static class SamplingRules
{
    public static void Check(SamplingSettings settings)
    {
        var traits = settings.Traits;
        Require(settings.Steps >= 1, $"{nameof(settings.Steps)} is {settings.Steps}; it must be at least 1.");
        CheckEta(settings, traits);
        if (settings.Order is { } order)
        {
            Require(traits.LargestOrder > 0, $"{nameof(settings.Order)} is {order}, but {settings.Sampler} has no choice of order; leave it out.");
            Require(
                order >= 1 && order <= traits.LargestOrder,
                $"{nameof(settings.Order)} is {order}; for {settings.Sampler} it must be in 1 to {traits.LargestOrder}.");
            Require(
                settings.Sampler != SamplerKind.DpmSolver || order < traits.LargestOrder || settings.Eta is null or 0,
                $"{nameof(settings.Order)} is {order}, but with fresh noise ({nameof(settings.Eta)} is {settings.Eta}) {settings.Sampler} has "
                + "at most 2.");
        }

        Require(
            settings.Churn == Churn.None || traits.Churns,
            $"{settings.Sampler} has no churn; choose {With(other => other.Churns)}, or leave it out.");
        settings.Churn.Validate();
        Require(IsNotNegative(settings.Temperature), $"{nameof(settings.Temperature)} is {settings.Temperature}; it must be at least 0.");
        CheckLevels(settings, traits);
        CheckLimits(settings);
        CheckDetails(settings);
    }

    /// <summary>Pure noise (zero terminal SNR) tells a sampler that works on epsilon alone nothing about the image.</summary>
    public static void CheckStart(SamplingSettings settings, SamplingPlan plan)
    {
        var averagesOther = settings.Sampler is SamplerKind.Plms or SamplerKind.Pndm && settings.Details.Averaged != Prediction.Epsilon;
        Require(
            plan.Steps[0].From.Alpha > 0 || !settings.UsesEpsilonOnly || averagesOther,
            $"{settings.Sampler} works on epsilon alone, which says nothing about the image at the schedule's last step (zero terminal SNR); "
            + $"choose {SamplerKind.Ddim}, or {TimestepSpacing.Leading} spacing.");
    }

    private static void CheckEta(SamplingSettings settings, SamplerTraits traits)
    {
        if (settings.Eta is not { } eta)
            return;
        if (traits.LargestEta == 0)
        {
            Require(
                eta == 0,
                $"{nameof(settings.Eta)} is {eta}, but {settings.Sampler} has none; choose {With(other => other.LargestEta > 0)}, or leave it out.");
        }
        else if (double.IsFinite(traits.LargestEta))
        {
            Require(
                eta >= 0 && eta <= traits.LargestEta,
                $"{nameof(settings.Eta)} is {eta}; for {settings.Sampler} it must be in [0, {traits.LargestEta}].");
        }
        else
        {
            Require(IsNotNegative(eta), $"{nameof(settings.Eta)} is {eta}; for {settings.Sampler} it must be at least 0.");
        }
    }

    private static void CheckLevels(SamplingSettings settings, SamplerTraits traits)
    {
        RequireDefined(settings.Spacing ?? default, nameof(settings.Spacing));
        RequireDefined(settings.SigmaCurve, nameof(settings.SigmaCurve));
        Require(
            traits.Grids.Contains(settings.Grid),
            $"{nameof(settings.Details.Grid)} is {settings.Grid}, but {settings.Sampler} moves over "
            + $"{string.Join(" or ", traits.Grids).ToLowerInvariant()} only; leave it out.");
        Require(
            settings.SigmaCurve == SigmaCurve.Schedule || traits.Grids.Contains(SamplingGrid.Sigmas),
            $"{nameof(settings.SigmaCurve)} is {settings.SigmaCurve}, but {settings.Sampler} moves over the schedule's own levels; choose "
            + $"{With(other => other.Grids.Contains(SamplingGrid.Sigmas))}, or leave it out.");
    }

    private static void CheckLimits(SamplingSettings settings)
    {
        Require(
            settings.ClipRange is not { } range || (range > 0 && double.IsFinite(range)),
            $"{nameof(settings.ClipRange)} is {settings.ClipRange}; it must be above 0.");
        Require(
            settings.DynamicThresholdRatio is not { } ratio || ratio is > 0 and <= 1,
            $"{nameof(settings.DynamicThresholdRatio)} is {settings.DynamicThresholdRatio}; it must be above 0 and at most 1.");
        Require(
            settings.DynamicThresholdMaximum >= 1 && double.IsFinite(settings.DynamicThresholdMaximum),
            $"{nameof(settings.DynamicThresholdMaximum)} is {settings.DynamicThresholdMaximum}; it must be at least 1.");
        Require(
            settings.ClipRange is null || settings.DynamicThresholdRatio is null,
            $"{nameof(settings.ClipRange)} and {nameof(settings.DynamicThresholdRatio)} are both given; x_0 is clipped or thresholded, not both.");
    }

    private static void CheckDetails(SamplingSettings settings)
    {
        var details = settings.Details;
        RequireDefined(details.End ?? default, nameof(details.End));
        RequireDefined(details.Target, nameof(details.Target));
        RequireDefined(details.Interpolation, nameof(details.Interpolation));
        RequireDefined(details.SecondOrder ?? default, nameof(details.SecondOrder));
        RequireDefined(details.Averaged, nameof(details.Averaged));
        RequireDefined(details.Basis, nameof(details.Basis));
        Require(
            details.Solved is Prediction.Start or Prediction.Epsilon,
            $"{nameof(details.Solved)} is {details.Solved}; it must be {Prediction.Start} or {Prediction.Epsilon}.");
        Require(details.TimestepOffset >= 0, $"{nameof(details.TimestepOffset)} is {details.TimestepOffset}; it must be at least 0.");
        Require(details.BetaShare is >= 0 and <= 1, $"{nameof(details.BetaShare)} is {details.BetaShare}; it must be in [0, 1].");
        Require(details.SmallestLambda is not { } lambda || !double.IsNaN(lambda), $"{nameof(details.SmallestLambda)} is not a number.");
    }

    private static bool IsNotNegative(double value) => value >= 0 && double.IsFinite(value);

    private static void RequireDefined<T>(T value, string name)
        where T : struct, Enum => Require(Enum.IsDefined(value), $"{name} is {value}; it must be one of {string.Join(", ", Enum.GetNames<T>())}.");

    private static string With(Func<SamplerTraits, bool> has) =>
        string.Join(", ", Enum.GetValues<SamplerKind>().Where(kind => has(SamplerTraits.Of(kind))));

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException(message);
    }
}
