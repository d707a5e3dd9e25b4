using LdmMl.Cli.Comparing;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Cli.Reports;

/// <summary>What is needed to get the same figures again, and how they are to be read.</summary>
internal static class SettingsSection
{
    public static Html Of(ComparisonResult result) => Html.Of($"""
        <section aria-labelledby="models">
        <h2 id="models">Models</h2>
        <div class="scroll" role="region" aria-labelledby="models" tabindex="0"><table class="facts">
        <thead><tr><th scope="col">fact</th><th scope="col">A</th><th scope="col">B</th></tr></thead>
        <tbody>
        {Facts(result)}</tbody>
        </table></div>
        </section>
        <section aria-labelledby="settings">
        <h2 id="settings">Settings</h2>
        <pre class="command" tabindex="0"><code>{result.Settings.CommandLine}</code></pre>
        <dl class="settings">
        {Settings(result).Select(setting => Html.Of($"<dt>{setting.Name}</dt><dd>{setting.Value}</dd>\n"))}</dl>
        </section>
        <section aria-labelledby="method">
        <h2 id="method">How to read this</h2>
        <p>PSNR and SSIM (scikit-image's settings: uniform 7×7 window, sample covariance) compare each reconstruction with its original in
        8 bits, transparent pixels on white; MAE is the mean absolute difference of values in [0, 1].{Perceptual(result)}</p>
        <p>An interval holds the true mean of 95 of 100 such sets of images ({Method()}). p is that of the sign-flip permutation test of the mean
        difference: how often a difference at least as large would come about were the two models equally good ({Patterns(result)}). A difference
        is called clear where p is at most 0.05 and the interval leaves out 0. Nothing is corrected for looking at several metrics, and both speak
        of images like these only.</p>
        <p>The hash of a model is the SHA-256 of its weights as the library writes them to a diffusers folder, so that it is the same whatever
        kind of file the model came from.</p>
        </section>
        """);

    private static IEnumerable<Html> Facts(ComparisonResult result)
    {
        yield return Fact("model", result.First.Path, result.Second.Path);
        foreach (var (first, second) in result.First.Info.Rows().Zip(result.Second.Info.Rows()).Skip(1))
            yield return Fact(first.What, first.Value, second.Value);
        yield return Html.Of($"""
            <tr><th scope="row">SHA-256 of the weights</th>
            <td><code class="hash">{result.First.WeightHash}</code></td><td><code class="hash">{result.Second.WeightHash}</code></td></tr>
            """);
    }

    private static Html Fact(string what, string first, string second) =>
        Html.Of($"<tr><th scope=\"row\">{what}</th><td>{first}</td><td{new Html(first == second ? "" : " class=\"other\"")}>{second}</td></tr>\n");

    private static IEnumerable<(string Name, string Value)> Settings(ComparisonResult result)
    {
        var settings = result.Settings;
        yield return ("images", $"{settings.Images}, {result.Measured.Images.Count} compared");
        yield return ("size", settings.Size);
        yield return ("precision", settings.Precision);
        yield return ("convolutions", settings.Convolutions);
        yield return ("perceptual distance", settings.Perceptual ?? "not measured");
        yield return ("LdmMl", settings.Version);
    }

    private static string Method()
    {
        var options = new BootstrapOptions();
        return $"BCa bootstrap, {options.Resamples:N0} resamples of the images, seed {options.Seed}";
    }

    private static string Patterns(ComparisonResult result) => result.Metrics.All(comparison => comparison.Pairs?.IsExact ?? true)
        ? "all sign patterns are counted"
        : $"{SignFlipTest.RandomPatterns:N0} random sign patterns";

    private static string Perceptual(ComparisonResult result) => result.Metrics.Select(comparison => comparison.Metric.Name).Last() switch
    {
        "lpips" => " LPIPS compares a network's features of both, weighted to match human judgements; 0 means no difference.",
        "perceptual" => " The perceptual distance compares a network's features of both, without weights fitted to human judgements: "
            + "its values can only be compared with those of the same network.",
        _ => "",
    };
}
