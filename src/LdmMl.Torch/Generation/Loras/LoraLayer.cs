using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation.Loras;

/// <summary>The change of one layer in a LoRA file. The tensors belong to the file.</summary>
/// <param name="Part">The network.</param>
/// <param name="Name">The layer, with underscores instead of dots.</param>
/// <param name="Keys">Its keys in the file; the first is the key of <paramref name="Down"/>.</param>
/// <param name="Down">[rank, in, ...].</param>
/// <param name="Up">[out, rank, ...].</param>
/// <param name="Alpha">The number that is divided by the rank; equal to the rank if the file has none.</param>
internal sealed record LoraLayer(LoraPart Part, string Name, IReadOnlyList<string> Keys, Tensor Down, Tensor Up, double Alpha)
{
    /// <summary>Gets the rank.</summary>
    public long Rank => Down.shape[0];

    /// <summary>Checks that the two factors fit each other.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public void Validate()
    {
        var areMatrices = Down.dim() >= 2 && Up.dim() >= 2 && Down.is_floating_point() && Up.is_floating_point();
        if (!areMatrices || Rank == 0 || Up.shape[1] != Rank || Up.shape.Skip(2).Any(size => size != 1))
        {
            throw new InvalidDataException(
                $"the two factors at '{Keys[0]}' do not fit each other: {Down.ShapeText()} and {Up.ShapeText()}; the first size of the first must be the "
                + "second size of the second. The file is damaged, or was made by a method other than LoRA.");
        }

        if (!double.IsFinite(Alpha))
            throw new InvalidDataException($"the 'alpha' of '{Keys[0]}' is not a finite number; the file is damaged.");
    }

    /// <summary>Determines whether it can change a weight of a given shape. Convolutions of size 1 are matrices.</summary>
    public bool Fits(long[] weight) =>
        weight.Length >= 2 && Up.shape[0] == weight[0] && Sizes(Down.shape).SequenceEqual(Sizes(weight));

    /// <summary>Returns the shape of the weights that it can change, for messages.</summary>
    public string Needs() => $"[{string.Join(", ", Down.shape.Skip(1).Prepend(Up.shape[0]))}]";

    /// <summary>Adds the change to a weight, computed in float32.</summary>
    /// <param name="weight">The weight, changed in place.</param>
    /// <param name="strength">The factor of the change.</param>
    /// <exception cref="InvalidDataException">The change is not finite.</exception>
    public void AddTo(Tensor weight, double strength)
    {
        using var scope = NewDisposeScope();
        var change = Product(Matrix(Up, weight.device), Matrix(Down, weight.device), strength * (Alpha / Rank));
        if (!change.isfinite().all().Read<bool>())
            throw new InvalidDataException($"'{Keys[0]}' or its other factor contains numbers that are not finite; the file is damaged.");
        weight.copy_(weight.to(ScalarType.Float32).Plus(change.reshape(weight.shape)));
    }

    /// <summary>Computes a change [out, in]; a training computes the same bits.</summary>
    public static Tensor Product(Tensor up, Tensor down, double strength) => up.matmul(down) * Real(strength);

    private static Tensor Matrix(Tensor factor, Device device) => factor.to(ScalarType.Float32).to(device).flatten(1);   // [a, b, ...] -> [a, b...]

    // [out, in, 1, 1] -> [in]
    private static IEnumerable<long> Sizes(long[] shape)
    {
        var sizes = shape.Skip(1).ToList();
        while (sizes.Count > 1 && sizes[^1] == 1)
            sizes.RemoveAt(sizes.Count - 1);
        return sizes;
    }
}
