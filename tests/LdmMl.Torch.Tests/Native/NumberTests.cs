using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Native;

[Collection(WholeProcess.Name)]
public class NumberTests
{
    private static readonly float[] Values = [-2, 0.5f, 3];

    public static TheoryData<string> Operations => [.. Arithmetic.Keys];

    private static Dictionary<string, (Func<Tensor, Tensor> OfTensor, Func<float, float> OfNumber)> Arithmetic { get; } = new()
    {
        ["x + 3"] = (x => x + Real(3), x => x + 3),
        ["3 + x"] = (x => Real(3) + x, x => 3 + x),
        ["x - 3"] = (x => x - Real(3), x => x - 3),
        ["3 - x"] = (x => Real(3) - x, x => 3 - x),
        ["x * 3"] = (x => x * Real(3), x => x * 3),
        ["3 * x"] = (x => Real(3) * x, x => 3 * x),
        ["x / 4"] = (x => x / Real(4), x => x / 4),
        ["4 / x"] = (x => Real(4) / x, x => 4 / x),
        ["x % 3"] = (x => x % Real(3), x => x - (3 * MathF.Floor(x / 3))),
        ["x > 0.5"] = (x => (x > Real(0.5)).to(ScalarType.Float32), x => x > 0.5 ? 1 : 0),
        ["x >= 0.5"] = (x => (x >= Real(0.5)).to(ScalarType.Float32), x => x >= 0.5 ? 1 : 0),
        ["x < 0.5"] = (x => (x < Real(0.5)).to(ScalarType.Float32), x => x < 0.5 ? 1 : 0),
        ["x <= 0.5"] = (x => (x <= Real(0.5)).to(ScalarType.Float32), x => x <= 0.5 ? 1 : 0),
        ["x == 3"] = (x => x.eq(Whole(3)).to(ScalarType.Float32), x => x == 3 ? 1 : 0),
        ["clamp"] = (x => x.clamp(Real(-1), Real(2)), x => Math.Clamp(x, -1, 2)),
        ["clamp_"] = (x => x.clone().clamp_(Real(-1), Real(2)), x => Math.Clamp(x, -1, 2)),
        ["clamp_min"] = (x => x.clamp_min(Real(0)), x => MathF.Max(x, 0)),
        ["x + x"] = (x => x.Plus(x), x => x + x),
        ["pow"] = (x => x.pow(Whole(2)), x => x * x),
        ["add_ of a tensor"] = (x => x.clone().add_(x, Whole(1)), x => x + x),
        ["add_"] = (x => x.clone().add_(Real(2)), x => x + 2),
        ["add_ of a multiple"] = (x => x.clone().add_(x, Real(2)), x => x + (2 * x)),
        ["addcmul_"] = (x => x.clone().addcmul_(x, x, Real(2)), x => x + (2 * x * x)),
        ["sub_"] = (x => x.clone().sub_(Real(2)), x => x - 2),
        ["mul_"] = (x => x.clone().mul_(Real(2)), x => x * 2),
        ["pow_"] = (x => x.clone().pow_(Whole(3)), x => x * x * x),
        ["fill_"] = (x => x.clone().fill_(Real(7)), _ => 7),
        ["leaky_relu_"] = (x => x.clone().leaky_relu_(Real(0.25)), x => x < 0 ? x / 4 : x),
        ["full_like"] = (x => full_like(x, Real(7)), _ => 7),
    };

    [Theory, MemberData(nameof(Operations))]
    public void Arithmetic_with_a_number_equals_TorchSharps(string name)
    {
        using var scope = NewDisposeScope();
        var result = Arithmetic[name].OfTensor(tensor(Values));
        Assert.Equal(Values.Select(Arithmetic[name].OfNumber), result.data<float>().ToArray());
    }

    /// <remarks>Anything left to a finalizer may be freed before libtorch has read it.</remarks>
    [Theory, MemberData(nameof(Operations))]
    public void Arithmetic_leaves_nothing_to_finalizers(string name)
    {
        const int calls = 1000;
        using var x = tensor(Values);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        for (var i = 0; i < calls; i++)
        {
            using var scope = NewDisposeScope();
            Arithmetic[name].OfTensor(x);
        }

        GC.Collect();
        Assert.InRange(GC.GetGCMemoryInfo(GCKind.Any).FinalizationPendingCount, 0, calls / 2);   // the process has a few others
    }

    [Fact]
    public void A_number_on_the_left_leaves_only_the_result()
    {
        using var x = tensor(Values);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (Real(3) - x)
        using (Real(3) / x)
            Assert.Equal(before + 2, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Whole_numbers_keep_integer_tensors_integer_and_real_ones_do_not()
    {
        using var scope = NewDisposeScope();
        var indices = arange(Whole(3), ScalarType.Int64);
        Assert.Equal(ScalarType.Int64, (indices * Whole(2)).dtype);
        Assert.Equal(ScalarType.Float32, (indices * Real(2)).dtype);
        Assert.Equal([2L, 3, 4], arange(Whole(2), Whole(5), ScalarType.Int64).data<long>().ToArray());
        Assert.Equal([9L, 9], full([2], Whole(9), ScalarType.Int64).data<long>().ToArray());
    }

    [Fact]
    public void A_number_is_read_in_the_requested_type()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(2.5f, tensor(2.5f).Read<float>());
        Assert.Equal(7L, tensor(new[] { 7L }).Read<long>());
        Assert.Equal(2.5, tensor(2.5f).Read<double>());
        Assert.Equal(2L, tensor(2.5f).Read<long>());
        Assert.True((tensor(1f) > Real(0)).Read<bool>());
    }
}
