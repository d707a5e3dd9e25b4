namespace System.Runtime.CompilerServices;

/// <summary>
/// Lets this assembly use internals of another at run time. The runtime finds the attribute by name; the base library does not define
/// it.
/// </summary>
/// <param name="assemblyName">The simple name of the other assembly.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
