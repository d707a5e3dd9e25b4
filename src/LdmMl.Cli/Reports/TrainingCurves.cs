using LdmMl.Torch.Training;

namespace LdmMl.Cli.Reports;

/// <summary>The curves of a training: the loss and each of its terms, the validation, the discriminator, gradients, rate and speed.</summary>
internal static class TrainingCurves
{
    private static readonly Html NoFont = new(
        "<p class=\"quiet\">No font is installed on the machine that made this report, so the curves have no labels.</p>\n");

    public static Html Of(TrainingLog log)
    {
        if (log.Steps.Count == 0)
            return Html.Empty;
        return Html.Of($"""
            <section aria-labelledby="curves">
            <h2 id="curves">Curves</h2>
            {(PlotTheme.CanWrite ? Html.Empty : NoFont)}<p class="quiet">Over the steps; the bold line is a running mean.</p>
            <div class="plots">
            {Validations(log)}{Curve(log, "loss", "Loss, the sum of its weighted terms", step => step.Loss)}
            {Terms(log)}{Discriminator(log)}{Curve(log, "norm", "Norm of the gradients before clipping", step => step.GradientNorm)}
            {Curve(log, "rate", "Learning rate", step => step.LearningRate, isSmoothed: false)}
            {Curve(log, "speed", "Images per second, mean since the start", step => step.ImagesPerSecond, isSmoothed: false)}</div>
            </section>
            """);
    }

    private static Html Validations(TrainingLog log) => (log.Validations.Count == 0 ? null : log.Validations[^1].Validation) switch
    {
        ReconstructionValidation => Figure(
            "validation", "Validation: PSNR in dB, higher is better",
            Points(log.Validations, step => (step.Validation as ReconstructionValidation)?.Psnr)),
        DiffusionValidation => Figure(
            "validation", "Validation: error of the prediction, lower is better",
            Points(log.Validations, step => (step.Validation as DiffusionValidation)?.Loss)),
        _ => Html.Empty,
    };

    private static Html Terms(TrainingLog log) => Html.Of($"""
        {log.Steps.SelectMany(step => step.Terms).Select(term => term.Name).Distinct(StringComparer.Ordinal).Select((name, index) =>
            Curve(log, $"term-{index}", $"Loss term: {name}, times its weight", step => Find(step, name)))}
        """);

    private static double? Find(TrainingStep step, string name)
    {
        foreach (var term in step.Terms.Where(term => term.Name == name))
            return term.Weighted;
        return null;
    }

    private static Html Discriminator(TrainingLog log)
    {
        if (log.Last?.Discriminator is null)
            return Html.Empty;
        var (real, generated) = (Points(log.Steps, step => Logged(step, "logits_real")), Points(log.Steps, step => Logged(step, "logits_fake")));
        return Html.Of($"""
            <figure>{CurvePlot.Of("logits", "Logits of the discriminator", real, isSmoothed: true, generated)}<figcaption>Logits of the discriminator: blue for
            images, orange for reconstructions</figcaption></figure>
            {Curve(log, "weight", "Adaptive weight of the adversarial term", step => Logged(step, "d_weight"))}
            """);
    }

    private static double? Logged(TrainingStep step, string name) => step.Logged.TryGetValue(name, out var value) ? value : null;

    private static Html Curve(TrainingLog log, string id, string title, Func<TrainingStep, double?> value, bool isSmoothed = true) =>
        Figure(id, title, Points(log.Steps, value), isSmoothed);

    private static Html Figure(string id, string title, (double Step, double Value)[] points, bool isSmoothed = false) =>
        Html.Of($"<figure>{CurvePlot.Of($"curve-{id}", title, points, isSmoothed)}<figcaption>{title}</figcaption></figure>\n");

    private static (double Step, double Value)[] Points(IEnumerable<TrainingStep> steps, Func<TrainingStep, double?> value) =>
        [.. steps.Where(step => value(step) is not null).Select(step => ((double)step.Step, value(step)!.Value))];
}
