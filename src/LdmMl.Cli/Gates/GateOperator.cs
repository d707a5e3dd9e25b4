namespace LdmMl.Cli.Gates;

/// <summary>How a gate compares.</summary>
internal enum GateOperator
{
    Above,
    AtLeast,
    Below,
    AtMost,
}
