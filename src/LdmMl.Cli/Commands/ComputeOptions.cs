using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Cli.Sharding;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Commands;

/// <summary>Where and how the networks of a command compute.</summary>
internal sealed class ComputeOptions
{
    private readonly Option<DeviceName> device = Values.Device();
    private readonly Option<ModelPrecision> precision = Values.Choice(
        "--precision", "The number format that the networks compute in.", ModelPrecision.Float32);
    private readonly Option<ConvolutionMode> convolutions = Values.Choice(
        "--convolutions", "How 3x3 convolutions run on the CPU in float32: auto is fastest, exact is closer to float64, direct is libtorch's.",
        ConvolutionMode.Auto);

    /// <summary>Gets the options of a command whose networks compute in any number format.</summary>
    public IReadOnlyList<Option> All => [device, precision, convolutions];

    /// <summary>Gets the options of a command whose networks compute only in float32.</summary>
    public IReadOnlyList<Option> InFloat32 => [device, convolutions];

    /// <summary>Gets only the device option.</summary>
    public Option<DeviceName> DeviceOption => device;

    /// <summary>Finds the device.</summary>
    /// <exception cref="InvalidOperationException">There is no such GPU.</exception>
    public TorchSharp.torch.Device Device(ParseResult parsed) => (parsed.GetValue(device) ?? DeviceName.Cpu).Find();

    public ModelPrecision Precision(ParseResult parsed) => parsed.GetValue(precision);

    public ConvolutionMode Convolutions(ParseResult parsed) => parsed.GetValue(convolutions);

    /// <summary>Records what of these options changes results to the last bit.</summary>
    public JobRecord Record(ParseResult parsed, JobRecord job)
    {
        var isCpu = Device(parsed).type == TorchSharp.DeviceType.CPU;
        return job.With("--device", $"{(isCpu ? "" : "cuda")}").With("--convolutions", $"{ConvolutionNames.Of(Convolutions(parsed))}");
    }

    /// <summary>Moves a perceptual distance to the device; it computes in float32.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, disposed here; null for none.</param>
    public PerceptualModel? Place(ParseResult parsed, PerceptualModel? model)
    {
        using var opened = model;
        using var moved = model?.To(Device(parsed), ModelPrecision.Float32);
        return moved?.With(Convolutions(parsed));
    }

    /// <summary>Moves a feature model to the device.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, disposed here.</param>
    public FeatureModel Place(ParseResult parsed, FeatureModel model)
    {
        using var opened = model;
        using var moved = model.To(Device(parsed));
        return moved.With(Convolutions(parsed));
    }
}
