using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.ML;

namespace LdmMl.Tests.Documentation;

/// <summary>Readers find what they search for: the terms of the field, and an example at each entry point.</summary>
public class FindableTests
{
    private static readonly string[] Assemblies = ["LdmMl", "LdmMl.Torch"];

    public static TheoryData<string> Terms =>
    [
        "ema", "fid", "kid", "lpips", "psnr", "ssim", "cfg", "vae", "trained_betas", "predict_x0", "steps_offset", "s_noise", "eta", "scale_factor",
        "disc_start", "ch_mult", "z_channels", "beta_schedule", "prediction_type", "guidance_rescale",
    ];

    [Theory]
    [MemberData(nameof(Terms))]
    public void A_term_of_the_field_is_a_name_or_in_the_first_line_of_its_documentation(string term)
    {
        var word = new Regex($@"(?<![a-z_]){Regex.Escape(term)}(?![a-z])", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
        var found = Assemblies.SelectMany(Snippets.Members)
            .Where(member => word.IsMatch(member.Attribute("name")!.Value) || word.IsMatch(member.Element("summary")?.Value ?? ""));

        Assert.NotEmpty(found);
    }

    [Fact]
    public void Entry_points_have_an_example()
    {
        var withExample = Assemblies.SelectMany(Snippets.Members).Where(member => member.Element("example") is not null)
            .Select(member => member.Attribute("name")!.Value).ToArray();
        var without = Starts().Where(start => !withExample.Any(name => IsFor(name, start))).ToArray();

        Assert.True(without.Length == 0, string.Join(", ", without));
    }

    // On the method, or on the model type that it opens.
    private static bool IsFor(string documented, string start) =>
        documented[2..].Split('(')[0] == start || (start.EndsWith(".Load", StringComparison.Ordinal) && documented == $"T:{start[..^".Load".Length]}");

    // Columns, trainers and evaluations of ML.NET, and methods that open or create a model.
    private static IEnumerable<string> Starts()
    {
        var types = typeof(LdmMlCatalog).Assembly.GetExportedTypes();
        var catalog = types.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.GetParameters() is [{ ParameterType: var first }, ..] && (first == typeof(TransformsCatalog) || first == typeof(MLContext)));
        var members = new[] { typeof(LatentDiffusionTrainers), typeof(LatentDiffusionCatalog) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => !method.IsSpecialName);
        var models = typeof(Torch.Native.TorchRuntime).Assembly.GetExportedTypes()
            .Where(type => type.Name.EndsWith("Model", StringComparison.Ordinal) && !type.IsAbstract)
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.Name is "Load");
        return catalog.Concat(members).Concat(models).Select(method => $"{method.DeclaringType!.FullName}.{method.Name}").Distinct();
    }
}
