using LdmMl.Cli.Output;

namespace LdmMl.Cli.Tests.Output;

public class DurationTests
{
    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(89, "89 s")]
    [InlineData(600, "10 min")]
    [InlineData(7500, "2 h 5 min")]
    [InlineData(200_000, "2 d 7 h")]
    public void Durations_are_written_as_people_say_them(int seconds, string words) => Assert.Equal(words, Duration.Of(TimeSpan.FromSeconds(seconds)));
}
