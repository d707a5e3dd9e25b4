namespace LdmMl.Torch.Layers.Rows;

/// <summary>The memory for maps that networks on the current thread compute strip by strip, until it is disposed; outside, they compute whole maps.</summary>
internal readonly ref struct RowScope
{
    [ThreadStatic]
    private static RowMemory? memory;

    private readonly RowMemory? outer;

    public RowScope(RowMemory? memory)
    {
        outer = RowScope.memory;
        RowScope.memory = memory;
    }

    /// <summary>Gets the current memory; null for whole maps.</summary>
    public static RowMemory? Current => memory;

    public void Dispose() => memory = outer;
}
