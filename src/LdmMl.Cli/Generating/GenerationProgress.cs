using System.Runtime.InteropServices;

namespace LdmMl.Cli.Generating;

/// <summary>How far a run is.</summary>
/// <param name="Finished">How many images this run has finished.</param>
/// <param name="Batch">How many are being made now.</param>
/// <param name="Step">How many steps of these are done.</param>
/// <param name="Steps">How many steps there are.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct GenerationProgress(int Finished, int Batch, int Step, int Steps)
{
    /// <summary>Gets the done share of this run's images.</summary>
    public double Share(int images) => images == 0 ? 1 : (Finished + ((double)Batch * Step / Steps)) / images;

    /// <summary>Says it in words.</summary>
    /// <param name="before">How many images were finished before this run.</param>
    /// <param name="total">How many there will be.</param>
    public string Describe(int before, int total) => $"{before + Finished} of {total} images, step {Step} of {Steps}";
}
