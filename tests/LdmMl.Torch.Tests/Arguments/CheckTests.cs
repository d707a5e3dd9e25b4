using LdmMl.Torch.Arguments;
using LdmMl.Torch.Layers;

namespace LdmMl.Torch.Tests.Arguments;

public class CheckTests
{
    private sealed record Settings(int Steps = 0, double Eta = double.NaN, string Name = "", int[]? Widths = null);

    [Fact]
    public void A_message_names_the_member_its_value_and_what_is_needed()
    {
        var settings = new Settings();

        var error = Assert.Throws<OptionException>(() => Check.AtLeast(settings.Steps, 1));

        Assert.Equal("Steps is 0; it must be at least 1.", error.Message);
        Assert.Equal(("Steps", 0, "it must be at least 1", "Steps"), (error.Member, error.Given, error.Requirement, error.ParamName));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-0.1)]
    public void A_number_that_is_not_finite_or_too_small_is_refused(double eta) =>
        Assert.Equal("Eta", Assert.Throws<OptionException>(() => Check.AtLeast(new Settings(Eta: eta).Eta, 0)).Member);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(1.1)]
    public void A_number_outside_a_range_is_refused(double eta) =>
        Assert.Throws<OptionException>(() => Check.Within(eta, 0, 1));

    [Fact]
    public void An_undefined_enum_value_lists_the_defined_ones() =>
        Assert.Equal(
            "mode is 9; it must be one of Auto, Exact, Direct.",
            Assert.Throws<OptionException>(() => Throw((ConvolutionMode)9)).Message);

    [Fact]
    public void Text_and_lists_are_shown_as_in_code() =>
        Assert.Equal(
            ["Name is ''; it must not be empty.", "Widths is [2, 4]; it must begin with 1."],
            [
                Assert.Throws<OptionException>(() => Check.NotEmpty(new Settings().Name)).Message,
                new OptionException("Widths", new[] { 2, 4 }, "it must begin with 1").Message,
            ]);

    [Fact]
    public void Valid_values_pass()
    {
        Check.AtLeast(1, 1);
        Check.Above(1e-9, 0);
        Check.Within(1.0, 0, 1);
        Check.Defined(ConvolutionMode.Exact);
        Check.NotEmpty(null);
    }

    private static void Throw(ConvolutionMode mode) => Check.Defined(mode);
}
