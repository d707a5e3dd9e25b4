using LdmMl.Torch.Kernels.Winograd;

namespace LdmMl.Testing;

/// <summary>A test of the fast convolutions; skipped on a processor that does not support them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FastConvolutionsFactAttribute : FactAttribute
{
    public FastConvolutionsFactAttribute()
    {
        if (!WinogradConvolution.IsSupported)
            Skip = "The fast convolutions need AVX-512 or AVX2 with FMA, which this processor does not have.";
    }
}
