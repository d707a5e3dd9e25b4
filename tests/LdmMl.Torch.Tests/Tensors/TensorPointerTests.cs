using LdmMl.Torch.Kernels;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Tensors;

public unsafe class TensorPointerTests
{
    [Fact]
    public void It_points_at_the_first_element_of_a_tensor()
    {
        using var scope = NewDisposeScope();
        var numbers = tensor(new[] { 1f, 2f, 3f });

        Assert.Equal([1f, 2f, 3f], new Span<float>(TensorPointer.OfFloats(numbers), 3).ToArray());
    }

    [Fact]
    public void It_points_at_the_first_element_of_a_view()
    {
        using var scope = NewDisposeScope();
        var numbers = arange(Whole(0), Whole(12), dtype: ScalarType.Float32).reshape(3, 4);
        var row = numbers.narrow(0, 1, 1);
        var column = numbers.narrow(1, 2, 1);

        Assert.Equal(4f, *TensorPointer.OfFloats(row));
        Assert.Equal(2f, *TensorPointer.OfFloats(column));
        Assert.Equal(6f, *TensorPointer.OfFloats(column.narrow(0, 1, 2)));
    }

    [Fact]
    public void Null_has_no_address() => Assert.True(TensorPointer.OfFloats(null) == null);
}
