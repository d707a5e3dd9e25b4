using System.Runtime.CompilerServices;
using LdmMl.ImageSharp;

namespace LdmMl.Cli.Pipelines;

/// <summary>TIFF, TGA and PPM for every command that reads images.</summary>
internal static class FurtherFormats
{
    [ModuleInitializer]
    internal static void Register() => ImageSharpFileReader.Register();
}
