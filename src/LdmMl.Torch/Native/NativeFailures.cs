namespace LdmMl.Torch.Native;

/// <summary>The messages that say why the native libraries do not load, and how to fix it.</summary>
internal static class NativeFailures
{
    public static string NotDeployed(string[] folders) =>
        "The native libraries of TorchSharp are not next to this program. Add the package TorchSharp-cpu (or TorchSharp-cuda-linux) " +
        $"to the executable's project and build again. Looked in: {string.Join(", ", folders)}.";

    public static string TorchDoesNotLoad(string folder, Exception cause) =>
        $"libtorch in '{folder}' does not load: {FirstLine(cause)} " +
        "It needs 64-bit Linux with glibc 2.28 or newer, and all files of its package in one folder.";

    public static string BridgeDoesNotLoad(string bridge, Exception cause) =>
        $"TorchSharp's library '{bridge}' does not load: {FirstLine(cause)} Run 'ldmml doctor' to see what this machine has.";

    private static string FirstLine(Exception cause) => cause.Message.Split('\n')[0].Trim().TrimEnd('.') + ".";
}
