using Microsoft.Extensions.Options;

namespace ImageService;

/// <summary>Checks the options when the service starts.</summary>
internal sealed class ServiceOptionsValidator : IValidateOptions<ServiceOptions>
{
    public ValidateOptionsResult Validate(string? name, ServiceOptions options)
    {
        string[] faults = [.. options.Faults()];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
