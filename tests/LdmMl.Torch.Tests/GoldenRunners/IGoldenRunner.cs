namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Computes the outputs of one group of golden cases with this library.</summary>
internal interface IGoldenRunner
{
    /// <summary>Gets the name of the group's folder.</summary>
    string Group { get; }

    /// <summary>Returns whether a case runs a network with 3x3 convolutions in inference: its outputs must then be right in every mode of
    /// them.</summary>
    bool Convolves(string folder) => false;

    /// <summary>Computes what the case describes and compares it: <see cref="GoldenCase.Check(string, TorchSharp.torch.Tensor)"/> for each output.</summary>
    void Run(GoldenCase golden);
}
