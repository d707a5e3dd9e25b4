using ImageService.Web;
using Microsoft.Extensions.Options;

namespace ImageService.Tests;

/// <summary>Settings that are not understood stop the service before it listens.</summary>
public class SettingsTests(LabelService fixture) : IClassFixture<LabelService>
{
    [Theory]
    [InlineData("--Sevice:QueueCapacity=1",
        "There is no setting 'Sevice:QueueCapacity'; the first part of its name must be one of urls, contentRoot, "
        + "environment, AllowedHosts, LatentDiffusion, Service, Logging, Kestrel.")]
    [InlineData("emoji", "'emoji' is not understood; write settings as --NAME=VALUE, such as --Service:QueueCapacity=32.")]
    [InlineData("--urls", "'--urls' is not understood; write settings as --NAME=VALUE, such as --Service:QueueCapacity=32.")]
    public void An_unknown_argument_is_named(string argument, string fault) =>
        Assert.Equal(fault, CommandLine.FaultOf(["--urls=http://127.0.0.1:0", argument]));

    [Theory]
    [InlineData("Service:QueueCapacity=0", "QueueCapacity is 0; it must be at least 1.")]
    [InlineData("Service:MaximumSteps=0", "MaximumSteps is 0; it must be at least 1.")]
    [InlineData("Service:MaximumPreviews=-1", "MaximumPreviews is -1; it must be at least 0.")]
    [InlineData("Service:MaximumBodyBytes=1", "MaximumBodyBytes is 1; it must be from 1024 to 1073741824.")]
    [InlineData("Service:JoinMilliseconds=1001", "JoinMilliseconds is 1001; it must be from 0 to 1000.")]
    [InlineData("Service:PerceptualModel=nowhere.safetensors", "PerceptualModel is 'nowhere.safetensors'; there is no such file.")]
    public async Task A_setting_out_of_range_is_named(string setting, string fault)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => Service.StartWith(change: null, fixture.Model, setting));

        Assert.Equal(fault, error.Message);
    }

    [Fact]
    public async Task An_unknown_setting_is_named()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Service.StartWith(change: null, fixture.Model, "Service:QueueCapacty=3"));

        Assert.Contains("QueueCapacty", error.Message, StringComparison.Ordinal);
    }
}
