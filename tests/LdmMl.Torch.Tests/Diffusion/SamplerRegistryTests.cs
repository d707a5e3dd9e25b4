using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Torch.Tests.Diffusion;

public class SamplerRegistryTests
{
    [Fact]
    public void Every_sampler_of_the_library_is_in_the_list()
    {
        var listed = SamplerRegistry.Names.Select(name => SamplerRegistry.Create(name).GetType()).ToArray();
        var written = typeof(Sampler).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Sampler)) && !type.IsAbstract);

        Assert.Empty(written.Except(listed));
        Assert.Equal(listed.Length, listed.Distinct().Count());
        Assert.All(SamplerRegistry.Names, name => Assert.Equal(name, SamplerRegistry.NameOf(SamplerRegistry.Create(name))));
    }

    [Theory]
    [InlineData("ddim", "Ddim")]
    [InlineData("DDIM", "Ddim")]
    [InlineData("euler-ancestral", "EulerAncestral")]
    [InlineData("euler_a", "EulerAncestral")]
    [InlineData("EulerAncestral", "EulerAncestral")]
    [InlineData("dpm++-2m", "DpmSolverPlusPlus2M")]
    [InlineData("dpmpp_2m", "DpmSolverPlusPlus2M")]
    [InlineData("dpmpp_2m_sde", "DpmSolverPlusPlus2M, Eta 1")]
    [InlineData("DPM++ 2S a", "DpmSolverPlusPlus2SAncestral")]
    [InlineData("dpm_2", "Dpm2")]
    [InlineData("dpm_2_ancestral", "Dpm2Ancestral")]
    [InlineData("dpmpp_sde", "DpmSolverPlusPlusSde")]
    [InlineData("deis", "Deis")]
    [InlineData("unipc", "UniPc")]
    public void Samplers_are_found_by_their_common_names(string name, string described) =>
        Assert.Equal(described, SamplerRegistry.Create(name).ToString());

    [Fact]
    public void An_unknown_name_is_refused_with_the_list()
    {
        var error = Assert.Throws<OptionException>(() => SamplerRegistry.Create("dmp++"));

        Assert.Equal(("Sampler", "dmp++"), (error.Member, error.Given));
        Assert.StartsWith("Sampler is 'dmp++'; it must be one of Ddpm, Ddim, Plms, ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ddim", "eta", "0.5", "Ddim, Eta 0.5")]
    [InlineData("heun", "churn.amount", "2", "Heun, Churn.Amount 2")]
    [InlineData("heun", "s_noise", "1.003", "Heun, Churn.NoiseScale 1.003")]
    [InlineData("euler-a", "s_noise", "1.01", "EulerAncestral, NoiseScale 1.01")]
    [InlineData("ddim", "use_clipped_model_output", "true", "Ddim, UseClippedEpsilon True")]
    [InlineData("unipc", "solved", "epsilon", "UniPc, Solved Epsilon")]
    [InlineData("unipc", "lower-order-at-end", "false", "UniPc, LowerOrderAtEnd False")]
    [InlineData("unipc", "uncorrected", "0, 2", "UniPc, Uncorrected 0 2")]
    public void Options_are_set_by_their_names(string sampler, string option, string value, string described) =>
        Assert.Equal(described, SamplerRegistry.With(SamplerRegistry.Create(sampler), option, value).ToString());

    [Theory]
    [InlineData("ddpm", "eta", "1", "Sampler is 'Ddpm'; it has no eta; it has BetaShare, Temperature, NoiseAtEnd.")]
    [InlineData("ddim", "eta", "0,5", "Eta is '0,5'; it must be a number, such as 0.5.")]
    [InlineData("ddim", "eta", "2", "Eta is 2; it must be in [0, 1].")]
    [InlineData("unipc", "order", "2.5", "Order is '2.5'; it must be a whole number.")]
    [InlineData("unipc", "basis", "bh2", "Basis is 'bh2'; it must be one of Exponential, Linear.")]
    [InlineData("unipc", "uncorrected", "a", "Uncorrected is 'a'; it must be whole numbers, separated by commas.")]
    public void An_option_that_a_sampler_does_not_have_is_refused_by_name(string sampler, string option, string value, string message) =>
        Assert.Equal(message, Assert.Throws<OptionException>(() => SamplerRegistry.With(SamplerRegistry.Create(sampler), option, value)).Message);

    [Theory]
    [InlineData("Details.End", "clean")]
    [InlineData("grid", "sigmas")]
    [InlineData("steps_offset", "3")]
    [InlineData("lambda_min_clipped", "-5.1")]
    [InlineData("sigma-min", "0.02")]
    [InlineData("SIGMA_MAX", "80")]
    [InlineData("continuous-times", "true")]
    [InlineData("clip-range", "2")]
    [InlineData("dynamic_thresholding_ratio", "0.9")]
    [InlineData("sample_max_value", "1.5")]
    [InlineData("order", "1")]
    [InlineData("target", "stride")]
    [InlineData("interpolation", "linear")]
    [InlineData("rounding", "down")]
    [InlineData("snaps-to-steps", "true")]
    public void Limits_and_details_are_also_set_by_their_names(string option, string value)
    {
        var usual = new SamplingSettings { Sampler = new DpmSolverPlusPlus2MSampler() };

        var changed = SamplerRegistry.With(usual, option, value);

        Assert.NotEqual(usual, changed);
        Assert.Contains(SamplerRegistry.OptionsOf(usual), name => name.EndsWith(Changed(usual, changed), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tea", "1", "Sampler is 'Ddim'; there is no tea; the options are Eta, ")]
    [InlineData("end", "soon", "Details.End is 'soon'; it must be one of FirstStep, Clean.")]
    [InlineData("sigma_min", "-1", "SmallestSigma is -1; it must be above 0.")]
    public void An_unknown_limit_or_detail_is_refused_by_name(string option, string value, string message) => Assert.StartsWith(
        message, Assert.Throws<OptionException>(() => SamplerRegistry.With(new SamplingSettings(), option, value)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("clip-range")]
    [InlineData("Details.End")]
    [InlineData("sigma_min")]
    public void None_gives_a_finer_point_back_to_the_sampler(string option)
    {
        var set = new SamplingSettings { ClipRange = 1, Details = new SchedulerDetails { End = SamplingEnd.Clean, SmallestSigma = 0.1 } };
        var found = RecordOption.Of(typeof(SamplingSettings)).Single(candidate => candidate.IsCalled(option));
        Assert.NotNull(found.ValueOf(set));
        Assert.Null(found.ValueOf(SamplerRegistry.With(set, option, "none")));
    }

    private static string Changed(SamplingSettings one, SamplingSettings other) => RecordOption.Of(typeof(SamplingSettings))
        .FirstOrDefault(option => option.Name != "Sampler" && !Equals(option.ValueOf(one), option.ValueOf(other)))?.Name ?? "Order";

    [Fact]
    public void A_custom_sampler_has_its_types_name_and_its_own_options()
    {
        var sampler = SamplerRegistry.With(new OwnSampler(), "middle", "0.25");

        Assert.Equal(new OwnSampler { Middle = 0.25 }, sampler);
        Assert.Equal("OwnSampler", SamplerRegistry.NameOf(sampler));
        Assert.Equal(["Middle"], SamplerRegistry.OptionsOf(sampler));
    }
}
