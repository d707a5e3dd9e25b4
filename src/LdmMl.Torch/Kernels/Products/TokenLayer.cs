namespace LdmMl.Torch.Kernels.Products;

/// <summary>One linear layer over tokens to compute: its pointers and sizes.</summary>
internal sealed unsafe class TokenLayer
{
    /// <summary>Gets the tokens, [T, Cin].</summary>
    public required float* Input { get; init; }

    /// <summary>Gets the weights, [Cout, Cin]; if it is gated, [2 Cout, Cin], of which the second half gates the first.</summary>
    public required byte* Weights { get; init; }

    /// <summary>Gets whether the weights are float16 instead of float32.</summary>
    public required bool HasHalfWeights { get; init; }

    /// <summary>Gets the bias of each row of the weights; null for none.</summary>
    public required float* Bias { get; init; }

    /// <summary>Gets the results, [T, Cout].</summary>
    public required float* Output { get; init; }

    public required int Tokens { get; init; }

    public required int InChannels { get; init; }

    public required int OutChannels { get; init; }

    /// <summary>Gets whether each result is multiplied by GELU of its gate (Shazeer 2020, eq. 5).</summary>
    public required bool IsGated { get; init; }
}
