using CsCheck;

namespace LdmMl.Torch.Tests;

public class FixedCasesTests
{
    [Fact]
    public void Many_cases_are_generated_and_they_are_the_same_in_every_run()
    {
        var first = Draw();

        Assert.Equal(first, Draw());
        Assert.Equal(100, first.Count);
        Assert.InRange(first.Distinct().Count(), 95, 100);
        Assert.InRange(first.Count(value => value < 0), 35, 65);
    }

    [Fact]
    public void A_case_that_fails_is_reported_with_its_seed()
    {
        var error = Assert.Throws<CsCheckException>(() => Gen.Int[0, 9].Sample(value => value < 5));

        Assert.Contains("Set seed:", error.Message, StringComparison.Ordinal);
    }

    private static List<int> Draw()
    {
        var values = new List<int>();
        Gen.Int.Uniform.Sample(value => values.Add(value));
        return values;
    }
}
