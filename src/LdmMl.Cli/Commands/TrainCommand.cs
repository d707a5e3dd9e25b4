using System.CommandLine;
using LdmMl.Cli.Arguments;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml train</c>: the models that can be trained.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var command = new ToolCommand("train", "Trains a model on the images of a folder.")
        {
            Examples =
            [
                "ldmml train autoencoder --images photos --out models/first",
                "ldmml train diffusion --autoencoder models/first --images photos --out models/photos",
            ],
        };
        command.Subcommands.Add(TrainAutoencoderCommand.Create());
        command.Subcommands.Add(TrainDiffusionCommand.Create());
        return command;
    }
}
