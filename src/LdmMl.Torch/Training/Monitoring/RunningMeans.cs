namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Exponential running means of one or several values, corrected for the bias of starting at 0.</summary>
/// <param name="steps">Their approximate window in steps.</param>
internal sealed class RunningMeans(double steps)
{
    private const int Head = 2;

    private readonly double decay = 1 - (1 / steps);
    private double[] sums = [];
    private double weight;

    /// <summary>Gets the number of values per step; 0 before the first step.</summary>
    public int Length => sums.Length;

    /// <summary>Gets the number of steps since the start.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the first mean; NaN before the first step.</summary>
    public double Value => this[0];

    /// <summary>Gets a mean.</summary>
    public double this[int index] => weight > 0 ? sums[index] / weight : double.NaN;

    /// <summary>Adds a step's values.</summary>
    public void Add(params ReadOnlySpan<double> values)
    {
        if (sums.Length == 0)
            sums = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
            sums[i] = (decay * sums[i]) + ((1 - decay) * values[i]);
        weight = (decay * weight) + (1 - decay);
        Count++;
    }

    /// <summary>Resets the means.</summary>
    public void Clear()
    {
        sums = [];
        (weight, Count) = (0, 0);
    }

    /// <summary>Returns its state as numbers.</summary>
    public double[] Remember() => [Count, weight, .. sums];

    /// <summary>Restores its state.</summary>
    /// <exception cref="InvalidDataException">The numbers are not those of running means.</exception>
    public void Recall(ReadOnlySpan<double> numbers)
    {
        if (numbers.Length < Head || !(numbers[0] >= 0 && numbers[0] <= int.MaxValue) || (numbers.Length == Head && numbers[0] > 0))
            throw new InvalidDataException("the running means of the monitor are damaged.");
        (Count, weight, sums) = ((int)numbers[0], numbers[1], numbers[Head..].ToArray());
    }
}
