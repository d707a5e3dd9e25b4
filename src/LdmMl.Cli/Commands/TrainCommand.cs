using System.CommandLine;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml train</c>: the models that can be trained.</summary>
internal static class TrainCommand
{
    public static Command Create() => new("train", "Trains a model on the images of a folder.")
    {
        TrainAutoencoderCommand.Create(),
        TrainDiffusionCommand.Create(),
    };
}
