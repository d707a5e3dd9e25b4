using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Native;

/// <summary>
/// A number in the arithmetic of tensors: <c>(state - (epsilon * Real(sigma))) / Real(alpha)</c>.
/// </summary>
/// <remarks>
/// TorchSharp converts a <see langword="double"/> in tensor arithmetic to a native scalar with a finalizer, and releases it before libtorch has read
/// it. A
/// garbage collection in between frees the scalar, and libtorch reads whatever is at that address: another number, or <c>Exception raised from
/// toDouble</c>. Here the scalar lives until the call has returned and is then freed, without a finalizer.
/// </remarks>
internal readonly struct Number
{
    private readonly double real;
    private readonly long whole;
    private readonly bool isWhole;

    private Number(double real, long whole, bool isWhole) => (this.real, this.whole, this.isWhole) = (real, whole, isWhole);

    /// <summary>A real number. With a tensor of integers, the result is a tensor of real numbers.</summary>
    public static Number Real(double value) => new(value, 0, isWhole: false);

    /// <summary>An integer. With a tensor of integers, the result is a tensor of integers.</summary>
    public static Number Whole(long value) => new(0, value, isWhole: true);

    /// <summary>The native scalar, to be disposed after the call that reads it.</summary>
    public Scalar ToScalar() => isWhole ? whole.ToScalar() : real.ToScalar();

    /// <summary>Calls a TorchSharp function with the scalar, which is kept alive until it returns.</summary>
    public Tensor ArgumentOf(Func<Scalar, Tensor> function)
    {
        using var scalar = ToScalar();
        return function(scalar);
    }

    /// <summary>The sum.</summary>
    public static Tensor operator +(Tensor left, Number right) => right.ArgumentOf(scalar => left.add(scalar, NumberArguments.One));

    /// <summary>The sum.</summary>
    public static Tensor operator +(Number left, Tensor right) => right + left;

    /// <summary>The difference.</summary>
    public static Tensor operator -(Tensor left, Number right) => right.ArgumentOf(left.sub);

    /// <summary>The difference.</summary>
    public static Tensor operator -(Number left, Tensor right)
    {
        using var negated = right.negative();
        return negated + left;
    }

    /// <summary>The product.</summary>
    public static Tensor operator *(Tensor left, Number right) => right.ArgumentOf(left.mul);

    /// <summary>The product.</summary>
    public static Tensor operator *(Number left, Tensor right) => right * left;

    /// <summary>The quotient, of real numbers even if both are integers.</summary>
    public static Tensor operator /(Tensor left, Number right) => right.ArgumentOf(scalar => left.div(scalar));

    /// <summary>The quotient, of real numbers even if both are integers.</summary>
    public static Tensor operator /(Number left, Tensor right)
    {
        using var reciprocal = right.reciprocal();
        return reciprocal * left;
    }

    /// <summary>The remainder, with the sign of the divisor.</summary>
    public static Tensor operator %(Tensor left, Number right) => right.ArgumentOf(left.remainder);

    /// <summary>Where the left is greater: booleans.</summary>
    public static Tensor operator >(Tensor left, Number right) => right.ArgumentOf(left.gt);

    /// <summary>Where the left is less: booleans.</summary>
    public static Tensor operator <(Tensor left, Number right) => right.ArgumentOf(left.lt);

    /// <summary>Where the left is greater or equal: booleans.</summary>
    public static Tensor operator >=(Tensor left, Number right) => right.ArgumentOf(left.ge);

    /// <summary>Where the left is less or equal: booleans.</summary>
    public static Tensor operator <=(Tensor left, Number right) => right.ArgumentOf(left.le);
}
