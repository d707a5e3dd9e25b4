using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Native;

/// <summary>
/// TorchSharp functions that take or return one number, with a <see cref="Number"/> under the same names, for the reason given there.
/// </summary>
internal static class NumberArguments
{
    /// <summary>The factor of the second summand. TorchSharp creates one for each sum unless one is given. It is never freed.</summary>
    internal static readonly Scalar One = 1.ToScalar();

    /// <summary>The sum of two tensors: the result of <c>+</c>, without the scalar that it allocates.</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <summary>The power.</summary>
    public static Tensor pow(this Tensor tensor, Number exponent) => exponent.ArgumentOf(tensor.pow);

    /// <summary>Where entries equal a number: booleans.</summary>
    public static Tensor eq(this Tensor tensor, Number value) => value.ArgumentOf(tensor.eq);

    /// <summary>Adds a number in place.</summary>
    public static Tensor add_(this Tensor tensor, Number value) => value.ArgumentOf(scalar => tensor.add_(scalar, One));

    /// <summary>Adds a multiple of another tensor in place.</summary>
    public static Tensor add_(this Tensor tensor, Tensor other, Number factor) => factor.ArgumentOf(scalar => tensor.add_(other, scalar));

    /// <summary>Adds a multiple of a product in place.</summary>
    public static Tensor addcmul_(this Tensor tensor, Tensor left, Tensor right, Number factor) =>
        factor.ArgumentOf(scalar => tensor.addcmul_(left, right, scalar));

    /// <summary>Subtracts a number in place.</summary>
    public static Tensor sub_(this Tensor tensor, Number value) => value.ArgumentOf(tensor.sub_);

    /// <summary>Multiplies by a number in place.</summary>
    public static Tensor mul_(this Tensor tensor, Number factor) => factor.ArgumentOf(tensor.mul_);

    /// <summary>Raises to a power in place.</summary>
    public static Tensor pow_(this Tensor tensor, Number exponent) => exponent.ArgumentOf(tensor.pow_);

    /// <summary>Limits to a range.</summary>
    public static Tensor clamp(this Tensor tensor, Number least, Number greatest)
    {
        using Scalar least_ = least.ToScalar(), greatest_ = greatest.ToScalar();
        return tensor.clamp(least_, greatest_);
    }

    /// <summary>Limits to a range in place.</summary>
    public static Tensor clamp_(this Tensor tensor, Number least, Number greatest)
    {
        using Scalar least_ = least.ToScalar(), greatest_ = greatest.ToScalar();
        return tensor.clamp_(least_, greatest_);
    }

    /// <summary>Limits from below.</summary>
    public static Tensor clamp_min(this Tensor tensor, Number least) => least.ArgumentOf(tensor.clamp_min);

    /// <summary>Sets every entry.</summary>
    public static Tensor fill_(this Tensor tensor, Number value) => value.ArgumentOf(tensor.fill_);

    /// <summary>Multiplies what is below 0, in place.</summary>
    public static Tensor leaky_relu_(this Tensor tensor, Number negativeSlope) => negativeSlope.ArgumentOf(tensor.leaky_relu_);

    /// <summary>A tensor of one number.</summary>
    public static Tensor full(ReadOnlySpan<long> shape, Number value, ScalarType? dtype = null, Device? device = null)
    {
        using var scalar = value.ToScalar();
        return torch.full(shape, scalar, dtype, device);
    }

    /// <summary>A tensor of one number, otherwise like another tensor.</summary>
    public static Tensor full_like(Tensor like, Number value) => value.ArgumentOf(scalar => torch.full_like(like, scalar));

    /// <summary>0, 1, ... below <paramref name="stop"/>.</summary>
    public static Tensor arange(Number stop, ScalarType dtype = ScalarType.Float32, Device? device = null) => arange(Whole(0), stop, dtype, device);

    /// <summary><paramref name="start"/>, <paramref name="start"/> + 1, ... below <paramref name="stop"/>.</summary>
    public static Tensor arange(Number start, Number stop, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        using Scalar start_ = start.ToScalar(), stop_ = stop.ToScalar(), step = Whole(1).ToScalar();
        return torch.arange(start_, stop_, step, dtype, device);
    }

    /// <summary>The value of a one-element tensor on any device, in the requested type. TorchSharp's <c>item</c> reads only from the CPU.</summary>
    /// <typeparam name="T">float, double, long or bool.</typeparam>
    public static T Read<T>(this Tensor tensor) where T : unmanaged
    {
        using var near = tensor.to(TypeOf<T>(), CPU);
        return near.data<T>()[0];
    }

    private static ScalarType TypeOf<T>() where T : unmanaged => default(T) switch
    {
        float => ScalarType.Float32,
        double => ScalarType.Float64,
        long => ScalarType.Int64,
        bool => ScalarType.Bool,
        _ => throw new NotSupportedException($"A number is read as float, double, long or bool, not as {typeof(T).Name}."),
    };
}
