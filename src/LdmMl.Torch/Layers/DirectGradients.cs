using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// A backward pass on this thread whose gradients of filters all go to the weights, which are no results of other operations. libtorch would copy
/// each, because the function that computed it still owns it; instead the function puts it there.
/// </summary>
internal readonly ref struct DirectGradients
{
    [ThreadStatic]
    private static bool isOn;

    private readonly bool outer;

    /// <summary>Begins the pass; disposing it ends it.</summary>
    public DirectGradients() => (outer, isOn) = (isOn, true);

    /// <summary>Gets whether such a pass is going on.</summary>
    public static bool IsOn => isOn;

    /// <summary>Adds a gradient to that of a weight.</summary>
    /// <param name="weight">The weight, a leaf of the graph.</param>
    /// <param name="gradient">The gradient; disposed.</param>
    public static void Add(Tensor weight, Tensor gradient)
    {
        using (gradient)
        {
            using var earlier = weight.grad;
            if (earlier is null)
                weight.grad = gradient;
            else
                earlier.add_(gradient, Whole(1));
        }
    }

    public void Dispose() => isOn = outer;
}
